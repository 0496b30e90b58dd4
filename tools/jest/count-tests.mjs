// Sums up the reports that `summary-reporter.cjs` writes in each project. For unchanged projects, Nx restores the report from its cache.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const folders = ['apps', 'libs', 'tools'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)));
const reports = [...folders, join(root, 'infra')].map((folder) => join(folder, 'test-results', 'summary.json'));

export function deleteTestSummaries() {
  for (const report of reports) rmSync(report, { force: true });
}

export function sumTestSummaries() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const report of reports.filter(existsSync)) {
    const counted = JSON.parse(readFileSync(report, 'utf8'));
    for (const key of Object.keys(total)) total[key] += counted[key];
  }
  return total;
}
