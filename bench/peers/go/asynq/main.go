// asynq on Redis.
//
// Settings, from the documentation of its Config: it has no bulk call, so 64 goroutines call
// Client.Enqueue; a Concurrency of 64; an idle server looks every 10 ms (TaskCheckInterval) instead of
// every second. Tasks are removed when done, which is its default.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"

	"errand.example/bench/peers/lines"
)

const (
	concurrency = 64
	queue       = "default"
	idleCheck   = 10 * time.Millisecond
)

func redis(url string) asynq.RedisConnOpt {
	option, err := asynq.ParseRedisURI(url)
	lines.Check(err)
	return option
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/hibiken/asynq" {
			return module.Version[1:]
		}
	}
	return "unknown"
}

func task(args lines.Args) *asynq.Task {
	payload, err := json.Marshal(args)
	lines.Check(err)
	return asynq.NewTask("noop", payload)
}

func clientRole(url string) map[string]lines.Command {
	client := asynq.NewClient(redis(url))
	inspector := asynq.NewInspector(redis(url))
	unsent := task(lines.Unsent())
	enqueue := func(task *asynq.Task) {
		_, err := client.Enqueue(task)
		lines.Check(err)
	}
	return map[string]lines.Command{
		"about": func([]float64) any {
			return map[string]any{
				"version": version(), "enqueue": []string{"single", "callers"},
				"settings": "no bulk call; Concurrency 64, TaskCheckInterval 10 ms (its default 1 s)",
			}
		},
		"one": func([]float64) any {
			enqueue(task(lines.SentNow()))
			return lines.Nothing
		},
		"single": func(n []float64) any {
			return lines.Repeated(n[0], n[1], 1, func() { enqueue(unsent) })
		},
		"callers": func(n []float64) any {
			return lines.FromCallers(n[0], n[1], func() { enqueue(unsent) })
		},
		"left": func([]float64) any {
			info, err := inspector.GetQueueInfo(queue)
			if errors.Is(err, asynq.ErrQueueNotFound) {
				return map[string]any{"left": 0}
			}
			lines.Check(err)
			return map[string]any{
				"left": info.Pending + info.Active + info.Scheduled + info.Retry + info.Archived,
			}
		},
	}
}

func workerRole(url string) map[string]lines.Command {
	var handled atomic.Int64
	handler := func(_ context.Context, task *asynq.Task) error {
		var args lines.Args
		if err := json.Unmarshal(task.Payload(), &args); err != nil {
			return err
		}
		handled.Add(1)
		args.TellPickedUp()
		return nil
	}
	server := asynq.NewServer(redis(url), asynq.Config{
		Concurrency:       concurrency,
		TaskCheckInterval: idleCheck,
		LogLevel:          asynq.WarnLevel,
	})
	return map[string]lines.Command{
		"ready": func([]float64) any {
			lines.Check(server.Ping())
			return lines.Nothing
		},
		"start": func([]float64) any {
			lines.Check(server.Start(asynq.HandlerFunc(handler)))
			return lines.Nothing
		},
		"count": func([]float64) any { return map[string]any{"handled": handled.Load()} },
	}
}

func main() { lines.Run(clientRole, workerRole) }
