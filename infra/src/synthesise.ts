import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { CompiledBaseline } from '@portcullis/baseline';
import { App } from 'cdktf';
import { readBaselineAt, readFileWith, shownPath, type Read } from './baseline-at.js';
import { effectiveBaseline } from './effective-baseline.js';
import { effectiveSchedule } from './effective-schedule.js';
import { bundleProblems } from './function-bundle.js';
import { baselineExcesses, describeExcesses, stackExcesses } from './limits/check.js';
import { unnamableTags } from './may-restore.js';
import { MemberStack } from './member-stack.js';
import { OrganizationStack } from './organization-stack.js';
import { PortcullisStack } from './portcullis-stack.js';
import type { PerGuard } from './portcullis.js';
import { readSettings } from './settings/read-settings.js';
import type { Settings } from './settings/settings.js';

export interface SynthesiseOptions {
  /** The settings file. */
  readonly settingsFile: string;
  /** The bundle of each function. */
  readonly bundles: PerGuard<string>;
  /** The folder to write to. */
  readonly outdir: string;
}

export type Synthesis =
  | {
      readonly ok: true;
      /** The synthesised stacks: of each region its own, then those of the members and of the organization's rule. */
      readonly files: readonly string[];
      /** What to know before deploying them, one line each. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; /** One line each. */ readonly problems: readonly string[] };

/** Writes the Terraform configuration of a settings file, or returns everything that keeps it from doing so. */
export const synthesise = ({ settingsFile, bundles, outdir }: SynthesiseOptions): Synthesis => {
  const settings = readFileWith(settingsFile, readSettings);
  if (!settings.ok) return settings;
  const missing = bundleProblems(Object.values(bundles).map(shownPath));
  const paths = [...new Set(settings.value.map(({ baseline }) => resolve(dirname(settingsFile), baseline)))];
  const read = new Map(paths.map((path) => [path, readBaselineAt(path)]));
  const problems = [...[...read.values()].flatMap(problemsIn), ...missing];
  if (problems.length > 0) return { ok: false, problems };

  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir });
  const regions = settings.value.flatMap((each) => {
    const path = resolve(dirname(settingsFile), each.baseline);
    const baseline = read.get(path);
    return baseline?.ok === true ? [{ settings: each, baseline: baseline.value, file: shownPath(path) }] : [];
  });
  const unnamable = regions.flatMap((each) =>
    unnamableTags(effectiveBaseline(each.baseline, each.settings)).map((problem) => `${each.file}: ${problem}`),
  );
  if (unnamable.length > 0) return { ok: false, problems: [...new Set(unnamable)] };
  const ids = regions.flatMap((each) => addStacks(app, each.settings, each.baseline, bundles));
  app.synth();

  const folders = ids.map((id) => join(outdir, 'stacks', id));
  const { problems: excesses, warnings } = describeExcesses([
    ...[...read].flatMap(([path, each]) => (each.ok ? baselineExcesses(shownPath(path), each.value) : [])),
    ...ids.flatMap((id, i) => stackExcesses(id, folders[i] ?? '')),
  ]);
  if (excesses.length > 0) {
    // What AWS would refuse half-way is not left to be deployed.
    for (const folder of folders) rmSync(folder, { recursive: true });
    return { ok: false, problems: excesses };
  }
  return {
    ok: true,
    files: folders.map((folder) => join(folder, 'cdk.tf.json')),
    notes: [
      ...warnings,
      ...settings.value.flatMap(trailNotes),
      ...new Set(regions.flatMap((each) => scheduleNotes(each.settings, each.baseline))),
    ],
  };
};

const scheduleNotes = (settings: Settings, baseline: CompiledBaseline): readonly string[] =>
  settings.schedule !== effectiveSchedule(baseline, settings)
    ? [
        `${settings.baseline}: a permit ends (\`until\`), so AWS Config evaluates every guarded group once a day, and what it permitted is revoked within a day of its end; \`schedule\` in the settings sets another pace`,
      ]
    : [];

/** Whether an account has a trail is not known here: that it costs something is said to everybody who makes one. */
const trailNotes = ({ trail, trailEvents, organization }: Settings): readonly string[] => {
  if (trail !== 'create') return [];
  const accounts = 1 + (organization?.members.length ?? 0);
  const where = accounts === 1 ? 'the account' : `each of ${accounts} accounts`;
  const writesAlone = trailEvents === 'write' ? '' : '; `trailEvents: write` leaves out the reads';
  return [
    `\`trail: create\` makes a trail in ${where}. If there is one already (an organization's, Control Tower's), this is a second copy of management events, at $2.00 for 100,000 events (https://aws.amazon.com/cloudtrail/pricing/): write \`trail: existing\`${writesAlone}`,
  ];
};

const problemsIn = (read: Read<unknown, string>): readonly string[] => (read.ok ? [] : read.problems);

/**
 * The stacks of one region: that of the account the guards run in, those of the other accounts that they guard, and that of the organization's rule. Each depends
 * on those before it, but no member on another: EventBridge lets a member forward to a bus only if the bus allows it, and AWS Config makes an organization's rule
 * only if every account has a recorder. A destroy goes the other way. Returns their ids.
 * Source of the former: https://github.com/aws/aws-cdk/pull/3323
 */
const addStacks = (app: App, settings: Settings, baseline: CompiledBaseline, bundles: PerGuard<string>): readonly string[] => {
  const { name, region, accountId, organization } = settings;
  const central = new PortcullisStack(app, `${name}-${region}`, { settings, baseline, bundles });
  if (organization === undefined || accountId === undefined) return [central.node.id];
  const members = organization.members.map(
    (memberId) =>
      new MemberStack(app, `${name}-${memberId}-${region}`, {
        settings: { ...settings, accountId },
        organization,
        baseline,
        memberId,
      }),
  );
  const rule = new OrganizationStack(app, `${name}-organization-${region}`, {
    settings: { ...settings, accountId },
    organization,
    baseline,
  });
  for (const member of members) member.addDependency(central);
  for (const stack of [central, ...members]) rule.addDependency(stack);
  return [central, ...members, rule].map(({ node }) => node.id);
};
