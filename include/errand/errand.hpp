#pragma once

// Everything a program needs to enqueue and perform typed jobs. The single headers stand alone.

#include <errand/boost_json.hpp>
#include <errand/client.hpp>
#include <errand/handlers.hpp>
#include <errand/worker.hpp>
#include <errand/workflow_builder.hpp>
