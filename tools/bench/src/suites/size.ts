import { build } from 'esbuild';
import { ROOT } from '../root.js';
import { count, ratio, type Suite } from '../report.js';

/** In bytes, minified and not compressed. */
const BUDGETS = { promised: 19 * 1024, whole: 28 * 1024 };

const LIBRARY = '@portcullis/permission-diff';
const ENTRIES = {
  promised: `export { diffPermissions, compareAccess } from '${LIBRARY}';`,
  whole: `export * from '${LIBRARY}';`,
  cidrTools: `export * from 'cidr-tools';`,
};

/** Returns how many bytes a user's bundle has for an entry: what esbuild makes of it, minified, for any platform. */
async function bundleSize(entry: keyof typeof ENTRIES): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: ENTRIES[entry], resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    mainFields: ['module', 'main'],
    conditions: ['@portcullis/source', 'import'],
  });
  return outputFiles[0]?.contents.byteLength ?? NaN;
}

export const size: Suite = {
  name: 'size',
  about: 'what the library adds to a bundle',
  run: async () => {
    const [promised, whole, cidrTools] = await Promise.all([bundleSize('promised'), bundleSize('whole'), bundleSize('cidrTools')]);
    const row = (name: string, bytes: number, budget: number | undefined) => [
      budget === undefined ? '–' : ratio(bytes / budget),
      name,
      count(bytes),
      budget === undefined ? '–' : count(budget),
    ];
    const promise = (what: string, bytes: number, budget: number) => ({
      promise: `${what}, bundled and minified: under ${count(budget)} bytes`,
      measured: `${count(bytes)} bytes`,
      kept: bytes < budget,
    });
    return {
      tables: [
        {
          title: 'bytes, bundled and minified',
          head: ['of budget', 'what', 'bytes', 'budget'],
          rows: [
            row('diffPermissions and compareAccess', promised, BUDGETS.promised),
            row('the whole library', whole, BUDGETS.whole),
            row('cidr-tools, for comparison', cidrTools, undefined),
          ],
        },
      ],
      promises: [
        promise('diffPermissions and compareAccess', promised, BUDGETS.promised),
        promise('the whole library', whole, BUDGETS.whole),
      ],
      notes: [],
      figures: { promised, whole, cidrTools },
    };
  },
};
