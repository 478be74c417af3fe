// A minimal controller on client-go: keeps `parallel` Jobs of one sweep at work until `trials` have been made.
//
// usage: minimal-controller KUBECONFIG SWEEP TRIALS PARALLEL [JOB]
//
// Its Jobs are as small as can be or, where JOB names a file with a Job as JSON, like that one.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"sync"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/workqueue"
)

const namespace = "default"

var sweeps = schema.GroupVersionResource{Group: "martlet.dev", Version: "v1alpha1", Resource: "trainingsweeps"}

func main() {
	if len(os.Args) != 5 && len(os.Args) != 6 {
		log.Fatal("usage: minimal-controller KUBECONFIG SWEEP TRIALS PARALLEL [JOB]")
	}
	name := os.Args[2]
	trials, _ := strconv.Atoi(os.Args[3])
	parallel, _ := strconv.Atoi(os.Args[4])
	model := small()
	if len(os.Args) == 6 {
		model = read(os.Args[5])
	}
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	// No limit of its own: the default is five requests a second.
	config.QPS = -1
	ctx := context.Background()
	client := kubernetes.NewForConfigOrDie(config)
	objects := dynamic.NewForConfigOrDie(config).Resource(sweeps).Namespace(namespace)

	selector := labels.Set{"martlet.dev/sweep": name}
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace),
		informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.LabelSelector = selector.String() }))
	jobs := factory.Batch().V1().Jobs()
	queue := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[string]())
	enqueue := func(any) { queue.Add(namespace + "/" + name) }
	jobs.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: enqueue, UpdateFunc: func(_, new any) { enqueue(new) }, DeleteFunc: enqueue,
	})
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())

	// The sweep itself, looked for until it is there.
	var owner metav1.OwnerReference
	for {
		sweep, err := objects.Get(ctx, name, metav1.GetOptions{})
		if err == nil {
			owner = *metav1.NewControllerRef(sweep, sweep.GroupVersionKind())
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	enqueue(nil)

	made := 0
	for {
		key, stop := queue.Get()
		if stop {
			return
		}
		list, err := jobs.Lister().Jobs(namespace).List(labels.Everything())
		if err != nil {
			log.Fatal(err)
		}
		complete := 0
		for _, job := range list {
			for _, condition := range job.Status.Conditions {
				if condition.Type == batchv1.JobComplete && condition.Status == corev1.ConditionTrue {
					complete++
				}
			}
		}
		// `made` stands for what the cache does not have yet.
		missing := min(parallel-(made-complete), trials-made)
		var group sync.WaitGroup
		for i := 0; i < missing; i++ {
			group.Add(1)
			go func(trial int) {
				defer group.Done()
				_, err := client.BatchV1().Jobs(namespace).Create(ctx, job(model, name, trial, owner), metav1.CreateOptions{})
				if err != nil && !apierrors.IsAlreadyExists(err) {
					log.Fatal(err)
				}
			}(made + i)
		}
		group.Wait()
		made += max(0, missing)
		if complete == trials {
			status := fmt.Sprintf(`{"status":{"conditions":[{"type":"Succeeded","status":"True","reason":"Done",`+
				`"message":"","lastTransitionTime":%q}]}}`, time.Now().UTC().Format(time.RFC3339))
			_, err := objects.Patch(ctx, name, types.MergePatchType, []byte(status), metav1.PatchOptions{}, "status")
			if err != nil {
				log.Fatal(err)
			}
			select {}
		}
		queue.Forget(key)
		queue.Done(key)
	}
}

func small() *batchv1.Job {
	template := corev1.PodTemplateSpec{
		Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever,
			Containers: []corev1.Container{{
				Name: "train", Image: "none", Command: []string{"true"}, Env: []corev1.EnvVar{
					{Name: "rate", Value: "0.1"}, {Name: "depth", Value: "3"}, {Name: "optimizer", Value: "adam"}},
			}},
		},
	}
	retries := int32(0)
	return &batchv1.Job{Spec: batchv1.JobSpec{BackoffLimit: &retries, Template: template}}
}

// A Job that a server had, without what the server gave it.
func read(path string) *batchv1.Job {
	text, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	var found batchv1.Job
	if err := json.Unmarshal(text, &found); err != nil {
		log.Fatal(err)
	}
	found.ObjectMeta = metav1.ObjectMeta{Labels: found.Labels, Annotations: found.Annotations}
	found.Spec.Selector, found.Spec.ManualSelector = nil, nil
	found.Status = batchv1.JobStatus{}
	for _, label := range []string{"controller-uid", "job-name", "batch.kubernetes.io/controller-uid",
		"batch.kubernetes.io/job-name"} {
		delete(found.Spec.Template.Labels, label)
	}
	return &found
}

func job(model *batchv1.Job, sweep string, trial int, owner metav1.OwnerReference) *batchv1.Job {
	made := model.DeepCopy()
	made.Name = fmt.Sprintf("%s-%d", sweep, trial)
	made.OwnerReferences = []metav1.OwnerReference{owner}
	for _, labels := range []*map[string]string{&made.Labels, &made.Spec.Template.Labels} {
		if *labels == nil {
			*labels = map[string]string{}
		}
		(*labels)["martlet.dev/sweep"], (*labels)["martlet.dev/trial"] = sweep, strconv.Itoa(trial)
	}
	return made
}
