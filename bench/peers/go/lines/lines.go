// Package lines is what a peer's program in Go answers; ../README.md has the protocol.
package lines

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Callers is how many call at once where a peer has no bulk call.
const Callers = 64

const (
	stampBytes = 19
	argsBytes  = 200
)

var unsent = strings.Repeat("0", stampBytes)

// Args are 200 bytes as JSON; a job sent to be picked up carries when, in nanoseconds.
type Args struct {
	Sent string `json:"sent"`
	Fill string `json:"fill"`
}

// Unsent are the arguments of a job that is only counted.
func Unsent() Args { return with(unsent) }

// SentNow are the arguments of a job whose way to its handler is timed.
func SentNow() Args { return with(fmt.Sprintf("%0*d", stampBytes, time.Now().UnixNano())) }

func with(sent string) Args {
	empty, _ := json.Marshal(Args{Sent: sent})
	return Args{Sent: sent, Fill: strings.Repeat("x", argsBytes-len(empty))}
}

// TellPickedUp is what a handler does beside counting.
func (args Args) TellPickedUp() {
	if args.Sent == unsent {
		return
	}
	sent, _ := strconv.ParseInt(args.Sent, 10, 64)
	say(map[string]any{"picked_up_us": float64(time.Now().UnixNano()-sent) / 1000})
}

var output sync.Mutex

func say(answer any) {
	line, err := json.Marshal(answer)
	if err != nil {
		Fail(err)
	}
	output.Lock()
	defer output.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

// Fail ends the program; the harness reports the last line.
func Fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Check fails on an error.
func Check(err error) {
	if err != nil {
		Fail(err)
	}
}

// Done answers how much was enqueued in what time.
type Done struct {
	Jobs    int     `json:"jobs"`
	Seconds float64 `json:"seconds"`
}

// Repeated calls enqueue until the time or the number of jobs is up; each call adds step of them.
func Repeated(seconds, jobs float64, step int, enqueue func()) Done {
	started := time.Now()
	done := 0
	for done < int(jobs) && time.Since(started).Seconds() < seconds {
		enqueue()
		done += step
	}
	return Done{done, time.Since(started).Seconds()}
}

// FromCallers is Repeated from 64 goroutines at once.
func FromCallers(seconds, jobs float64, enqueue func()) Done {
	var total atomic.Int64
	var all sync.WaitGroup
	started := time.Now()
	for range Callers {
		all.Add(1)
		go func() {
			defer all.Done()
			total.Add(int64(Repeated(seconds, jobs/Callers, 1, enqueue).Jobs))
		}()
	}
	all.Wait()
	return Done{int(total.Load()), time.Since(started).Seconds()}
}

// Command answers one line; its numbers are the words after the first.
type Command func(numbers []float64) any

// Nothing is the answer of a command that has none.
var Nothing = struct{}{}

// Serve answers each line of stdin with the command that its first word names.
func Serve(commands map[string]Command) {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		words := strings.Fields(input.Text())
		command, known := commands[words[0]]
		if !known {
			Fail(fmt.Errorf("no command %q", words[0]))
		}
		numbers := make([]float64, len(words)-1)
		for i, word := range words[1:] {
			number, err := strconv.ParseFloat(word, 64)
			Check(err)
			numbers[i] = number
		}
		say(command(numbers))
	}
}

// Run serves the role that the command line names.
func Run(client, worker func(url string) map[string]Command) {
	roles := map[string]func(string) map[string]Command{"client": client, "worker": worker}
	if len(os.Args) != 2 || roles[os.Args[1]] == nil {
		Fail(fmt.Errorf("usage: %s client|worker", os.Args[0]))
	}
	Serve(roles[os.Args[1]](os.Getenv("PEER_URL")))
}
