/** A clock that stands still until it is told to move. */
export interface FakeClock {
  /** To be passed wherever a clock is asked for. */
  readonly now: () => Date;
  /** Moves on, or back with a negative number. */
  advance(ms: number): void;
  set(at: Date | string): void;
}

/** Starts at the given time, an ISO string or a Date. */
export function fakeClock(start: Date | string = "2026-02-09T18:30:00Z"): FakeClock {
  let at = new Date(start).getTime();
  return {
    now: () => new Date(at),
    advance: (ms) => {
      at += ms;
    },
    set: (moment) => {
      at = new Date(moment).getTime();
    },
  };
}
