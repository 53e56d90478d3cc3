// River on PostgreSQL.
//
// Settings are those of its own benchmark (river bench): 2,000 workers per client, FetchCooldown 2 ms,
// FetchPollInterval 20 ms, 5,000 jobs per bulk call; InsertManyFast, which its page "Batch job insertion"
// gives as the fastest.
package main

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"errand.example/bench/peers/lines"
)

const (
	bulk       = 5000
	maxWorkers = 2000
)

type noopArgs struct{ lines.Args }

func (noopArgs) Kind() string { return "noop" }

type noopWorker struct {
	river.WorkerDefaults[noopArgs]
	handled *atomic.Int64
}

func (w *noopWorker) Work(_ context.Context, job *river.Job[noopArgs]) error {
	w.handled.Add(1)
	job.Args.TellPickedUp()
	return nil
}

func connect(url string) *pgxpool.Pool {
	pool, err := pgxpool.New(context.Background(), url)
	lines.Check(err)
	return pool
}

func newClient(pool *pgxpool.Pool, config *river.Config) *river.Client[pgx.Tx] {
	config.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	client, err := river.NewClient(riverpgxv5.New(pool), config)
	lines.Check(err)
	return client
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/riverqueue/river" {
			return module.Version[1:]
		}
	}
	return "unknown"
}

func clientRole(url string) map[string]lines.Command {
	ctx := context.Background()
	pool := connect(url)
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	lines.Check(err)
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	lines.Check(err)
	client := newClient(pool, &river.Config{})

	insert := func(args lines.Args) {
		_, err := client.Insert(ctx, noopArgs{args}, nil)
		lines.Check(err)
	}
	batch := make([]river.InsertManyParams, bulk)
	for i := range batch {
		batch[i].Args = noopArgs{lines.Unsent()}
	}
	return map[string]lines.Command{
		"about": func([]float64) any {
			return map[string]any{
				"version": version(), "enqueue": []string{"single", "bulk"},
				"settings": "InsertManyFast of 5000; MaxWorkers 2000, FetchCooldown 2 ms, FetchPollInterval 20 ms",
			}
		},
		"one": func([]float64) any {
			insert(lines.SentNow())
			return lines.Nothing
		},
		"single": func(n []float64) any {
			return lines.Repeated(n[0], n[1], 1, func() { insert(lines.Unsent()) })
		},
		"bulk": func(n []float64) any {
			return lines.Repeated(n[0], n[1], bulk, func() {
				_, err := client.InsertManyFast(ctx, batch)
				lines.Check(err)
			})
		},
		"left": func([]float64) any {
			var left int
			lines.Check(pool.QueryRow(ctx,
				"select count(*) from river_job where state <> 'completed'").Scan(&left))
			return map[string]any{"left": left}
		},
	}
}

func workerRole(url string) map[string]lines.Command {
	var handled atomic.Int64
	pool := connect(url)
	workers := river.NewWorkers()
	river.AddWorker(workers, &noopWorker{handled: &handled})
	return map[string]lines.Command{
		"ready": func([]float64) any {
			lines.Check(pool.Ping(context.Background()))
			return lines.Nothing
		},
		"start": func([]float64) any {
			client := newClient(pool, &river.Config{
				FetchCooldown:     2 * time.Millisecond,
				FetchPollInterval: 20 * time.Millisecond,
				Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: maxWorkers}},
				Workers:           workers,
			})
			lines.Check(client.Start(context.Background()))
			return lines.Nothing
		},
		"count": func([]float64) any { return map[string]any{"handled": handled.Load()} },
	}
}

func main() { lines.Run(clientRole, workerRole) }
