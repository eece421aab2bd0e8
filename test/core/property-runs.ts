/** How often a property is tried: as often as the test says, or `SOAK_RUNS` times where somebody has the patience. */
export const runs = (usual: number) => ({ numRuns: Number(process.env['SOAK_RUNS'] ?? usual) });
