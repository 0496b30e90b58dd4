import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describeAwsLimitExcesses } from '@portcullis/aws-limits';
import type { CompiledBaseline } from '@portcullis/baseline';
import {
  applySettingsMode,
  guardsWholeOrganization,
  listedMemberAccounts,
  memberStackSetName,
  readSettings,
  type Settings,
} from '@portcullis/settings';
import { App } from 'cdktf';
import { functionPackageBundlePaths, missingFunctionPackageBundles, type PerGuard } from '../packages/function-bundle.js';
import { tagKeysIamCannotName } from '../policies/may-restore.js';
import { memberStackSetTemplate, type CloudFormationTemplate } from '../stackset/member-template.js';
import { MemberStack } from '../stacks/member-stack.js';
import { OrganizationStack } from '../stacks/organization-stack.js';
import { PortcullisStack } from '../stacks/portcullis-stack.js';
import { synthBaselineExcesses, synthStackExcesses } from './check-limits.js';
import { synthLimitNotes } from './limit-notes.js';
import { synthExposureNotes, synthScheduleNotes, synthTrailNotes } from './notes.js';
import { readSynthBaselineFile, readSynthInputFile, pathInSynthMessage } from './read-files.js';

export interface SynthesiseOptions {
  readonly settingsFile: string;
  /**
   * The path of each function's bundle.
   * @default the bundles in the package, or in this workspace the bundles in each app's `dist`
   */
  readonly bundles?: PerGuard<string>;
  /** The folder to write to. */
  readonly outdir: string;
}

export type Synthesis =
  | {
      readonly ok: true;
      /**
       * The files of the synthesised stacks, in the order of deployment. Each region has a stack for the central account, then stacks for
       * the members, then a stack with the organization's rule.
       */
      readonly files: readonly string[];
      /**
       * The CloudFormation templates for the members, one for each region. The list is empty if the settings do not guard every account of
       * an organization.
       */
      readonly templates: readonly string[];
      /** Notes for the user to read before deploying the stacks, one line each. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; /** Each problem is one line. */ readonly problems: readonly string[] };

/** The inputs for the stacks of one region. */
interface Region {
  readonly settings: Settings;
  readonly baseline: CompiledBaseline;
  readonly baselineFile: string;
}

/** Writes the Terraform configuration of a settings file, or returns all problems. */
export function synthesise({ settingsFile, bundles = functionPackageBundlePaths(), outdir }: SynthesiseOptions): Synthesis {
  const settings = readSynthInputFile(settingsFile, readSettings);
  if (!settings.ok) return settings;
  const pathOf = ({ baseline }: Settings): string => resolve(dirname(settingsFile), baseline);
  const read = new Map([...new Set(settings.value.map(pathOf))].map((path) => [path, readSynthBaselineFile(path)]));
  const problems = [
    ...[...read.values()].flatMap((each) => (each.ok ? [] : each.problems)),
    ...missingFunctionPackageBundles(Object.values(bundles).map(pathInSynthMessage)),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const regions = settings.value.flatMap((each): Region[] => {
    const baseline = read.get(pathOf(each));
    return baseline?.ok === true ? [{ settings: each, baseline: baseline.value, baselineFile: pathInSynthMessage(pathOf(each)) }] : [];
  });
  const unnamable = regions.flatMap((each) =>
    tagKeysIamCannotName(applySettingsMode(each.baseline, each.settings)).map((problem) => `${each.baselineFile}: ${problem}`),
  );
  if (unnamable.length > 0) return { ok: false, problems: [...new Set(unnamable)] };

  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir });
  const templates = new Map(regions.flatMap((region) => synthMemberTemplate(region, outdir)));
  const ids = regions.flatMap((region) => synthRegionStacks(app, region, bundles, templates.get(region)));
  app.synth();

  const folderOf = (id: string): string => join(outdir, 'stacks', id);
  const baselines = new Map(regions.map(({ baselineFile, baseline }) => [baselineFile, baseline]));
  const { problems: excesses, warnings } = describeAwsLimitExcesses([
    ...[...baselines].flatMap(([file, baseline]) => synthBaselineExcesses(file, baseline)),
    ...ids.flatMap((id) => synthStackExcesses(id, folderOf(id))),
  ]);
  if (excesses.length > 0) {
    // Remove the stacks, so that nobody deploys them: AWS would refuse a resource in the middle of the deployment.
    for (const id of ids) rmSync(folderOf(id), { recursive: true });
    return { ok: false, problems: excesses };
  }
  return {
    ok: true,
    files: ids.map((id) => join(folderOf(id), 'cdk.tf.json')),
    templates: [...templates].map(([{ settings: each }, template]) => {
      const folder = join(outdir, 'stacksets', memberStackSetName(each));
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'template.json'), `${JSON.stringify(template, null, 2)}\n`);
      return join(folder, 'template.json');
    }),
    notes: [
      ...[...baselines].flatMap(([file, baseline]) => synthExposureNotes(file, baseline)),
      ...warnings,
      ...settings.value.flatMap(synthTrailNotes),
      ...new Set(regions.flatMap((each) => synthScheduleNotes(each.settings, each.baseline))),
      ...new Set(regions.flatMap((each) => synthLimitNotes(each.baselineFile, each.baseline, each.settings))),
    ],
  };
}

/**
 * Returns a list with the region and its template for the members. The list is empty if the settings do not guard every account of an
 * organization.
 */
function synthMemberTemplate(region: Region, outdir: string): readonly (readonly [Region, CloudFormationTemplate])[] {
  const { settings, baseline } = region;
  const { accountId, organization } = settings;
  if (accountId === undefined || !guardsWholeOrganization(organization)) return [];
  return [[region, memberStackSetTemplate({ settings: { ...settings, accountId }, baseline }, outdir)]];
}

/**
 * Adds the stacks of one region, and returns the stack ids in the order of deployment: the central account, the members, the organization's
 * rule. The members must wait for the central account, because EventBridge accepts a member's target only after the central bus allows the
 * member. The rule must wait for the members, because AWS Config creates an organization's rule only if every account has a recorder.
 * Source for EventBridge: https://github.com/aws/aws-cdk/pull/3323
 */
function synthRegionStacks(
  app: App,
  { settings, baseline }: Region,
  bundles: PerGuard<string>,
  template: CloudFormationTemplate | undefined,
): readonly string[] {
  const { name, region, accountId, organization } = settings;
  const central = new PortcullisStack(app, `${name}-${region}`, { settings, baseline, bundles });
  if (organization === undefined || accountId === undefined) return [central.node.id];
  const props = { settings: { ...settings, accountId }, organization, baseline };
  const members = listedMemberAccounts(organization).map(
    (memberId) => new MemberStack(app, `${name}-${memberId}-${region}`, { ...props, memberId }),
  );
  const rule = new OrganizationStack(app, `${name}-organization-${region}`, { ...props, memberTemplate: template });
  for (const member of members) member.addDependency(central);
  for (const stack of [central, ...members]) rule.addDependency(stack);
  return [central, ...members, rule].map(({ node }) => node.id);
}
