"""Serves S3 on the port that is given, and checks who asks: a user is made, with a bucket that has a model's file. Prints
the user's key as a JSON object when all is there."""
import json
import os
import sys
import time

# So many calls are this program's own, to make the user and the bucket; all that come after them are checked.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "5"

import boto3  # noqa: E402
from botocore.config import Config  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

port = int(sys.argv[1])
ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False).start()
anyone = {
    "endpoint_url": f"http://127.0.0.1:{port}", "region_name": "us-east-1", "aws_access_key_id": "nobody",
    "aws_secret_access_key": "nothing", "config": Config(retries={"max_attempts": 1}),
}
iam = boto3.client("iam", **anyone)
iam.create_user(UserName="reader")
key = iam.create_access_key(UserName="reader")["AccessKey"]
everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
iam.put_user_policy(UserName="reader", PolicyName="all", PolicyDocument=json.dumps(everything))
s3 = boto3.client("s3", **anyone)
s3.create_bucket(Bucket="models")
s3.put_object(Bucket="models", Key="churn/weights.bin", Body=os.urandom(100_000))
print(json.dumps({"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}), flush=True)
time.sleep(3600)
