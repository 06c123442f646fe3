let last = 0;

/** A number for each port that main mints; never used twice while the program runs. */
export function nextPort(): number {
  last += 1;
  return last;
}
