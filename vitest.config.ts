import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whole-product scenarios take longest, so they begin first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const folders = ['/api/start', '/api/', '/infra/', '/local/'];
    const rank = ({ moduleId }: TestSpecification) =>
      folders.findIndex((folder) => moduleId.includes(folder)) + 1 || folders.length + 1;
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}

/** The whole product, each file in a world of its own; all others share one world of modules, which saves their loading. */
const product = ['test/api/**/*.test.ts'];
/** The template, and the cloud that runs it. */
const cloud = ['test/infra/**/*.test.ts', 'test/local/**/*.test.ts'];
const slow = { globalSetup: 'test/global-setup.ts', testTimeout: 20_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: 'product', include: product, ...slow } },
      { test: { name: 'cloud', include: cloud, isolate: false, ...slow } },
      {
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: [...product, ...cloud, 'test/e2e/**', 'node_modules/**'],
          isolate: false,
          testTimeout: 20_000,
        },
      },
    ],
  },
});
