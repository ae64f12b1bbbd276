/** A smaller value that fails as well: parts are left out, texts halved, until nothing more can go or `attempts` are used up. */
export async function shrunk(
  value: unknown,
  fails: (smaller: unknown) => Promise<boolean>,
  attempts = 80,
): Promise<unknown> {
  let best = value;
  let left = attempts;
  for (let found = true; found && left > 0;) {
    found = false;
    for (const smaller of smallerOnes(best)) {
      if (left-- <= 0) break;
      if (!(await fails(smaller))) continue;
      best = smaller;
      found = true;
      break;
    }
  }
  return best;
}

function* smallerOnes(value: unknown): Generator {
  if (typeof value === 'string' && value.length > 0) {
    const half = Math.ceil(value.length / 2);
    yield value.slice(0, half);
    yield value.slice(half);
    yield value.slice(0, -1);
  } else if (Array.isArray(value)) {
    if (value.length > 3) yield value.slice(0, Math.ceil(value.length / 2));
    for (const at of value.keys()) yield value.toSpliced(at, 1);
    for (const [at, item] of value.entries()) for (const smaller of smallerOnes(item)) yield value.with(at, smaller);
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    for (const [key] of entries) yield Object.fromEntries(entries.filter(([name]) => name !== key));
    for (const [key, item] of entries) for (const smaller of smallerOnes(item)) yield { ...value, [key]: smaller };
  }
}
