/** What the detector says of a CloudTrail record: its own handler, watched. */
import { createHandler, type DetectorSettings } from '@portcullis/guard/detect';
import { hasCriteria, selectById, type CompiledBaseline } from '@portcullis/baseline';
import { isGuardEvent, parseCloudTrailEvent, parseGuardCall, type ApiCall } from '@portcullis/cloudtrail';
import type { Finding } from '@portcullis/finding';
import { formatRule } from '@portcullis/permission-diff';
import { exposedServices, formatServices } from '@portcullis/permission-diff/exposure';
import { planFor, type SecurityGroupReader } from '@portcullis/security-groups';
import { callSteps, guardCallSteps } from './call-words.js';
import type { Explained } from './explained.js';
import { problemSteps } from './problem-steps.js';
import { Steps } from './steps.js';
import { findingInPlainWords, tracedGroups, type TracedGroups } from './traced-groups.js';

export interface ExplainCallOptions {
  readonly settings: DetectorSettings;
  /** The groups of the account of the record. */
  readonly groups: SecurityGroupReader;
  readonly now: () => Date;
}

export async function explainCall(
  event: unknown,
  compiled: CompiledBaseline,
  { settings, groups, now }: ExplainCallOptions,
): Promise<Explained> {
  const steps = new Steps();
  for (const step of recordSteps(event, compiled, settings)) steps.add(step);
  const traced = tracedGroups(groups, steps);
  const handle = createHandler(compiled, settings, {
    securityGroupsOf: () => traced.reader,
    now,
    reporting: {
      findings: () => Promise.resolve(),
      measure: () => undefined,
      log: () => undefined,
      verbose: () => undefined,
    },
  });
  const findings = (await handle(event)).findings.map(findingInPlainWords);
  const today = now().toISOString().slice(0, 10);
  for (const finding of findings) for (const step of judgementSteps(finding, compiled, traced, today)) steps.add(step);
  if (findings.length === 0) steps.add('no guarded group is concerned: nothing is reported');
  return { steps: steps.list, findings, rehearsed: false };
}

function recordSteps(event: unknown, compiled: CompiledBaseline, { guardName }: DetectorSettings): string[] {
  if (guardName !== undefined && isGuardEvent(event)) {
    const parsed = parseGuardCall(event, { name: guardName });
    if (!parsed.ok) return problemSteps(parsed.problems);
    return parsed.value === undefined
      ? [`it is a call on a service that the guard is made of, and on nothing named \`${guardName}\``]
      : guardCallSteps(parsed.value);
  }
  const parsed = parseCloudTrailEvent(event);
  return parsed.ok ? [...callSteps(parsed.value), ...selectionSteps(parsed.value, compiled)] : problemSteps(parsed.problems);
}

function selectionSteps({ target }: ApiCall, compiled: CompiledBaseline): string[] {
  const byCriteria = compiled.baselines.filter(({ groups }) => hasCriteria(groups)).map(({ name }) => name);
  return target.groupIds.map((id) => {
    const selection = selectById(compiled, id);
    if (selection.kind === 'guarded') return `the baseline ${selection.baseline.name} names ${id}: it is guarded`;
    if (selection.kind === 'ambiguous') return `several baselines name ${id}: ${selection.names.join(', ')}`;
    return byCriteria.length === 0
      ? `no baseline names ${id}: it is not guarded`
      : `no baseline names ${id}; whether ${byCriteria.join(' or ')} selects it depends on its tags, its name and its VPC`;
  });
}

function judgementSteps(
  { kind, severity, group, baseline: name, basis }: Finding,
  compiled: CompiledBaseline,
  { read, lists }: TracedGroups,
  today: string,
): string[] {
  const live = read.get(group.id ?? '');
  const baseline = compiled.baselines.find((each) => each.name === name);
  const why = basis === 'live' ? 'by the live rules' : 'by the record alone';
  const verdict = `so it is told as ${kind}, ${severity}, ${why}`;
  if (live === undefined || baseline === undefined) return [verdict];
  const { authorize, revoke, tolerated } = planFor(baseline, live, today);
  const exposed = exposedServices(
    revoke.map(({ rule }) => rule),
    lists,
  );
  return [
    ...revoke.map(({ rule, reason }) => `beside ${baseline.name}, ${formatRule(rule)} must be revoked: ${reason}`),
    ...authorize.map(({ rule, reason }) => `beside ${baseline.name}, ${formatRule(rule)} must be authorized: ${reason}`),
    ...tolerated.map(({ rule, reason }) => `${formatRule(rule)} is left alone: ${reason}`),
    ...(exposed.length === 0 ? [] : [`the world may reach ${formatServices(exposed)}`]),
    ...(authorize.length + revoke.length === 0 ? [`the group is at its baseline ${baseline.name}`] : []),
    verdict,
  ];
}
