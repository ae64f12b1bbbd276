/** GPU types of AMD, as sites name them in GRES: `mi250x`, `gfx90a`. */
const AMD = /^(?:amd|mi\d{2,3}|gfx|instinct|radeon|vega)/i;

/** Whose GPUs these types are, by what images are made for; null where none is named, or both are. */
export function gpuVendor(types: readonly string[]): 'cuda' | 'rocm' | null {
  const named = types.filter((type) => type !== '');
  if (named.length === 0) return null;
  if (named.every((type) => AMD.test(type))) return 'rocm';
  return named.some((type) => AMD.test(type)) ? null : 'cuda';
}
