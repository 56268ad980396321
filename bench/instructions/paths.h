// The paths of the program whose instructions are counted, each `count` times over.
//
// Everything that could differ from run to run is fixed: a manual clock, a seeded random source,
// scripted providers, stores in memory. What is left is the same number of instructions each time.
#pragma once

#include <cstddef>

namespace antiphon::bench {

// 20 ms of one call: a frame of silence comes, the worker ticks its four phases.
void tick_idle(std::size_t count);
// The same while the agent speaks: with the synthesizer's chunks taken over.
void tick_speaking(std::size_t count);
// One frame of the audio socket: 640 bytes to a frame to the session's ring.
void frame_received(std::size_t count);
// One keep-alive request over loopback, with the client's send and receive.
void request_health(std::size_t count);
// The same with an API key and an agent's document from a store in memory.
void request_agent(std::size_t count);
// One agent document, validated into its struct.
void agent_read(std::size_t count);
// One agent document, written.
void agent_written(std::size_t count);

}  // namespace antiphon::bench
