// Waiting is asking again until a deadline, never sleeping for a guess.

export const SECOND = 1000;

/** Machines that run this are slow and busy now and then; nothing here measures speed by it. */
export const PATIENCE = 45 * SECOND;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Asks `probe` until it answers something true, and returns that. An error of the probe counts as
 * "not yet" and is told when time is up.
 */
export async function until(what, probe, { timeout = PATIENCE, every = 60 } = {}) {
  const deadline = Date.now() + timeout;
  let last;
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`not within ${timeout / SECOND} s: ${what}${last ? ` (${last.message})` : ""}`);
    }
    await pause(every);
  }
}

/** Holds for `ms` that `probe` stays true: for what must NOT happen. */
export async function stays(what, probe, ms) {
  const deadline = Date.now() + ms;
  while (Date.now() < deadline) {
    if (!(await probe())) throw new Error(`did not stay so: ${what}`);
    await pause(60);
  }
}

/** Part of a gesture whose speed a person sets, such as the steps of a drag. */
export const beat = pause;
