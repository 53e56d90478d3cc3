# Sidekiq on Redis.
#
# Settings: push_bulk with 1,000 jobs ("I wouldn't recommend pushing more than 1000 per call"), 10 threads
# per process, which is its default and what its own load test (bin/sidekiqload) uses, the hiredis driver
# where it is installed, no log line per job; several processes.
# It takes a job off the list before it runs, so a killed worker loses the job, whatever Redis keeps.
require "json"
require "sidekiq"

STAMP_BYTES = 19
UNSENT = "0" * STAMP_BYTES
BATCH = 1000
THREADS = 10
FILL = "x" * (200 - STAMP_BYTES - '["",""]'.bytesize)

def say(answer)
  $stdout.syswrite(answer.to_json + "\n")
end

def now_ns = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)

class Noop
  include Sidekiq::Worker

  @handled = 0
  @lock = Mutex.new

  class << self
    attr_reader :handled

    def count = @lock.synchronize { @handled += 1 }
  end

  def perform(sent, _fill)
    Noop.count
    say({ picked_up_us: (now_ns - sent.to_i) / 1000.0 }) unless sent == UNSENT
  end
end

def redis_options
  require "hiredis"
  { url: ENV.fetch("PEER_URL"), driver: :hiredis }
rescue LoadError
  { url: ENV.fetch("PEER_URL") }
end

def serve(commands)
  while (line = $stdin.gets)
    name, *words = line.split
    say(commands.fetch(name).call(*words.map(&:to_f)))
  end
end

def repeated(seconds, jobs, step)
  started = now_ns
  passed = -> { (now_ns - started) / 1e9 }
  done = 0
  while done < jobs && passed.call < seconds
    yield
    done += step
  end
  { jobs: done, seconds: passed.call }
end

def client
  Sidekiq.configure_client { |config| config.redis = redis_options }
  driver = redis_options[:driver] || :ruby
  args = Array.new(BATCH) { [UNSENT, FILL] }
  serve(
    "about" => lambda {
      { version: Sidekiq::VERSION, enqueue: %w[single bulk],
        settings: "push_bulk of #{BATCH}; #{THREADS} threads, Redis driver #{driver}; " \
                  "a killed worker loses its jobs" }
    },
    "one" => lambda {
      Noop.perform_async(now_ns.to_s.rjust(STAMP_BYTES, "0"), FILL)
      {}
    },
    "single" => lambda { |seconds, jobs|
      repeated(seconds, jobs, 1) { Noop.perform_async(UNSENT, FILL) }
    },
    "bulk" => lambda { |seconds, jobs|
      repeated(seconds, jobs, BATCH) { Sidekiq::Client.push_bulk("class" => Noop, "args" => args) }
    },
    "left" => lambda {
      { left: Sidekiq.redis { |connection| connection.llen("queue:default") } }
    }
  )
end

# What the command `sidekiq` does once it has read its options, see Sidekiq::CLI.
def launcher
  require "sidekiq/cli"
  require "sidekiq/launcher"
  Sidekiq.logger = Logger.new($stderr, level: Logger::ERROR)
  Sidekiq.configure_server do |config|
    config.redis = redis_options
    config.options[:concurrency] = THREADS
    config.options[:queues] << "default"
  end
  Sidekiq::Launcher.new(Sidekiq.options)
end

def worker
  own = launcher
  serve(
    "ready" => lambda {
      Sidekiq.redis(&:ping)
      {}
    },
    "start" => lambda {
      own.run
      {}
    },
    "count" => -> { { handled: Noop.handled } }
  )
end

{ "client" => method(:client), "worker" => method(:worker) }.fetch(ARGV.fetch(0)).call
