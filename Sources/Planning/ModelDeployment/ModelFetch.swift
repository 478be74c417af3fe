import CRDTypes
import JSON

/// The init container that brings a model's files to a pod, once for each cache, and the volume that it fills.
struct ModelFetch: Sendable {
  let model: ModelDeployment.ServedModel
  let access: ServingObservation.Access
  let image: String
  let cache: ModelDeployment.ModelCache?
  /// A Secret whose keys become environment variables of the download.
  let secret: String?

  static let container = "model"
  static let volume = "model"
  /// Where servers find the files.
  static let path = "/mnt/model"
  private static let root = "/mnt/models"

  /// Where a model of this source is mounted from without a download; nil where it must be fetched.
  private enum Mounted {
    case claim(String, path: String)
    case image(String)
  }

  private var mounted: Mounted? {
    guard let uri = model.uri else { return nil }
    if uri.hasPrefix("oci://") { return .image(String(uri.dropFirst("oci://".count))) }
    guard uri.hasPrefix("pvc://") else { return nil }
    let parts = uri.dropFirst("pvc://".count).split(separator: "/", maxSplits: 1)
    return .claim(parts.first.map { String($0) } ?? "", path: parts.count > 1 ? String(parts[1]) : "")
  }

  /// The folder of the cache: what a version is, and where it came from, decide it.
  private var key: String { ShortHash.of("\(model.uri ?? "") \(model.version ?? "") \(model.digest ?? "")") }

  var volume: JSONValue {
    switch mounted {
    case .claim(let claim, _):
      return ["name": .string(Self.volume), "persistentVolumeClaim": ["claimName": .string(claim), "readOnly": true]]
    case .image(let reference):
      return ["name": .string(Self.volume), "image": ["reference": .string(reference), "pullPolicy": "IfNotPresent"]]
    case nil: break
    }
    if let claim = cache?.claim {
      return ["name": .string(Self.volume), "persistentVolumeClaim": ["claimName": .string(claim)]]
    }
    if let path = cache?.nodePath {
      return ["name": .string(Self.volume), "hostPath": ["path": .string(path), "type": "DirectoryOrCreate"]]
    }
    return ["name": .string(Self.volume), "emptyDir": [:]]
  }

  /// How servers see the files.
  var mount: JSONValue {
    switch mounted {
    case .claim(_, let path):
      return .compact([
        "name": .string(Self.volume), "mountPath": .string(Self.path), "readOnly": true,
        "subPath": path.isEmpty ? nil : .string(path),
      ])
    case .image: return ["name": .string(Self.volume), "mountPath": .string(Self.path), "readOnly": true]
    case nil:
      return [
        "name": .string(Self.volume), "mountPath": .string(Self.path), "subPath": .string(key), "readOnly": true,
      ]
    }
  }

  /// Nil where the files need no download.
  var initContainer: JSONValue? {
    guard mounted == nil else { return nil }
    var environment: [JSONValue] = [
      ["name": "MODEL_URI", "value": .string(model.uri ?? "")], ["name": "MODEL_KEY", "value": .string(key)],
      ["name": "HOME", "value": "/tmp"], ["name": "USER", "value": "martlet"],
    ]
    if !access.uri.isEmpty { environment.append(["name": "MLFLOW_TRACKING_URI", "value": .string(access.uri)]) }
    if let secret = access.credentials { environment += TrackingCredentials.environment(from: secret) }
    return .compact([
      "name": .string(Self.container), "image": .string(image),
      "command": ["python3", "-c", .string(Self.program)], "env": .array(environment),
      "envFrom": secret.map { [["secretRef": ["name": .string($0)]]] },
      "resources": ["requests": ["cpu": "100m", "memory": "128Mi"]],
      "terminationMessagePath": "/mnt/termination-log", "terminationMessagePolicy": "FallbackToLogsOnError",
      "securityContext": RestrictedPod.container,
      "volumeMounts": [
        ["name": .string(Self.volume), "mountPath": .string(Self.root)],
        ["name": "fetch-tmp", "mountPath": "/tmp"],
      ],
    ])
  }

  /// The volumes of the init container alone.
  var scratch: [JSONValue] { mounted == nil ? [["name": "fetch-tmp", "emptyDir": [:]]] : [] }

  /// Downloads to a partial folder under a lock, file by file, so that what an interrupted download has is kept; checks
  /// sizes and room; renames the folder when all is there; and tells the digest of all files as its last message. A
  /// tracking server that proxies artifacts is asked directly; other stores need MLflow's client and its plugins.
  static let program = #"""
    import base64, fcntl, hashlib, json, os, shutil, sys, urllib.error, urllib.parse, urllib.request

    root, uri, key = "/mnt/models", os.environ["MODEL_URI"], os.environ["MODEL_KEY"]
    final, partial, record = f"{root}/{key}", f"{root}/.{key}.partial", f"{root}/.{key}.json"
    tracking = os.environ.get("MLFLOW_TRACKING_URI", "").rstrip("/")


    def say(text):
        print(f"model: {text}", file=sys.stderr, flush=True)


    def stop(text):
        say(text)
        sys.exit(1)


    def ask(url, headers=()):
        request = urllib.request.Request(url, headers=dict(headers))
        if tracking and url.startswith(tracking + "/"):
            user, token = os.environ.get("MLFLOW_TRACKING_USERNAME"), os.environ.get("MLFLOW_TRACKING_TOKEN")
            if token:
                request.add_header("Authorization", f"Bearer {token}")
            elif user:
                pair = f"{user}:{os.environ.get('MLFLOW_TRACKING_PASSWORD', '')}"
                request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
        try:
            return urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            if error.code == 416:
                return None
            stop(f"{url} answered {error.code}: {error.read(300).decode(errors='replace')}")
        except OSError as error:
            stop(f"{url} cannot be reached: {error}")


    def mlflow(path, **query):
        return json.load(ask(f"{tracking}/api/2.0/mlflow/{path}?{urllib.parse.urlencode(query)}"))


    def location(uri):
        if uri.startswith("models:/"):
            name, _, version = uri[8:].lstrip("/").rpartition("/")
            if not name and version.startswith("m-"):
                return mlflow(f"logged-models/{version}")["model"]["info"]["artifact_uri"]
            return location(mlflow("model-versions/get-download-uri", name=name, version=version)["artifact_uri"])
        if uri.startswith("runs:/"):
            run, _, path = uri[6:].lstrip("/").partition("/")
            return mlflow("runs/get", run_id=run)["run"]["info"]["artifact_uri"].rstrip("/") + "/" + path
        return uri


    def save(url, path, size=None):
        target = f"{partial}/{path}"
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.exists(target) and (size is None or os.path.getsize(target) == size):
            return
        part, tag = target + ".part", target + ".etag"
        have = os.path.getsize(part) if os.path.exists(part) else 0
        answer = None
        # The rest is of use only where it is the rest of the same.
        if have and os.path.exists(tag):
            with open(tag) as file:
                answer = ask(url, {"Range": f"bytes={have}-", "If-Range": file.read()})
        answer = answer or ask(url)
        with answer:
            if answer.status != 206:
                have = 0
            length = answer.headers.get("Content-Length")
            size = have + int(length) if size is None and length else size
            need(max(0, (size or 0) - have))
            if answer.headers.get("ETag", "W/").startswith("W/"):
                os.path.exists(tag) and os.remove(tag)
            else:
                with open(tag, "w") as file:
                    file.write(answer.headers["ETag"])
            with open(part, "ab" if have else "wb") as file:
                shutil.copyfileobj(answer, file, 1 << 20)
        if size is not None and os.path.getsize(part) != size:
            stop(f"{path} has {os.path.getsize(part)} bytes, and {size} were promised")
        os.path.exists(tag) and os.remove(tag)
        os.replace(part, target)


    def need(size):
        free = shutil.disk_usage(root).free
        if size > free:
            stop(f"the model has {size} bytes and {root} only {free} that are free: give the cache more room")


    def proxied(artifact):
        base = f"{tracking}/api/2.0/mlflow-artifacts/artifacts"
        top = urllib.parse.urlparse(artifact).path.strip("/")
        files, folders = [], [""]
        while folders:
            folder = folders.pop()
            query = urllib.parse.urlencode({"path": f"{top}/{folder}".rstrip("/")})
            for entry in json.load(ask(f"{base}?{query}")).get("files", []):
                path = f"{folder}/{entry['path']}".lstrip("/")
                folders.append(path) if entry.get("is_dir") else files.append((path, int(entry.get("file_size") or 0)))
        if not files:
            stop(f"{artifact} has no files")
        need(sum(size for _, size in files))
        for path, size in files:
            save(f"{base}/{urllib.parse.quote(f'{top}/{path}')}", path, size)


    def single(url):
        name = os.path.basename(urllib.parse.urlparse(url).path) or "model"
        save(url, name)
        if name.endswith((".zip", ".tar", ".tar.gz", ".tgz")):
            shutil.unpack_archive(f"{partial}/{name}", partial)
            os.remove(f"{partial}/{name}")


    def digest(folder):
        whole = hashlib.sha256()
        for path, folders, names in os.walk(folder):
            folders.sort()
            for name in sorted(names):
                one = hashlib.sha256()
                with open(os.path.join(path, name), "rb") as file:
                    for block in iter(lambda: file.read(1 << 20), b""):
                        one.update(block)
                whole.update(f"{os.path.relpath(os.path.join(path, name), folder)} {one.hexdigest()}\n".encode())
        return f"sha256:{whole.hexdigest()}"


    os.makedirs(root, exist_ok=True)
    with open(f"{root}/.{key}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(record):
            with open(record) as file:
                said = json.load(file)["digest"]
            if digest(final) != said:
                say("the files of the cache are not what was downloaded; they are fetched again")
                os.remove(record)
            else:
                say(f"{uri} is in the cache")
        if not os.path.exists(record):
            shutil.rmtree(final, ignore_errors=True) if os.path.isdir(final) and os.listdir(final) else None
            os.makedirs(partial, exist_ok=True)
            artifact = location(uri)
            say(f"downloading {artifact}")
            if artifact.startswith("mlflow-artifacts:"):
                proxied(artifact)
            elif artifact.startswith(("http://", "https://")) and "/mlflow-artifacts/" not in artifact:
                single(artifact)
            else:
                try:
                    import mlflow.artifacts
                    mlflow.artifacts.download_artifacts(artifact_uri=artifact, dst_path=partial + "/got")
                except Exception as error:
                    stop(f"{artifact} cannot be downloaded: {type(error).__name__}: {error}")
                got = partial + "/got"
                inner = [os.path.join(got, name) for name in os.listdir(got)]
                source = inner[0] if len(inner) == 1 and os.path.isdir(inner[0]) else got
                for name in os.listdir(source):
                    shutil.move(os.path.join(source, name), partial)
                shutil.rmtree(got)
            said = digest(partial)
            if os.path.isdir(final):
                os.rmdir(final)
            os.rename(partial, final)
            with open(record + ".part", "w") as file:
                json.dump({"uri": uri, "digest": said}, file)
            os.rename(record + ".part", record)
    try:
        with open("/mnt/termination-log", "w") as file:
            file.write(said)
    except OSError:
        pass
    """#
}
