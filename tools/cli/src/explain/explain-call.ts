/** Explains what the detector would report about a CloudTrail record. Runs the detector's own handler. */
import { hasGroupCriteria, selectBaselineById, type CompiledBaseline } from '@portcullis/baseline';
import { isGuardEvent, parseCloudTrailEvent, parseGuardCall, type ApiCall } from '@portcullis/cloudtrail';
import type { Finding } from '@portcullis/finding';
import { createDetectorHandler, type DetectorSettings } from '@portcullis/guard/detect';
import { formatRule } from '@portcullis/permission-diff';
import { exposedServices, formatServices } from '@portcullis/permission-diff/exposure';
import { rulesOfPlannedChanges } from '@portcullis/security-groups';
import { planWithoutLimits } from '../plan/plan-without-limits.js';
import type { AccountRegion } from '../aws/account-region.js';
import { currentUtcDay } from '../command-line/io.js';
import { explainApiCall, explainGuardCall } from './call-steps.js';
import { explainLimitsOfGroup } from './limit-steps.js';
import { explainEventProblems, Steps, type Explanation } from './steps.js';
import { explainGroupReads, type TracedGroups } from './traced-groups.js';
import { offlineEc2Reader } from '../aws/refusing-ec2-reader.js';
import { explainNotAskedFinding } from './offline-groups.js';

/** @param accountRegion the account and region of the call; `undefined` if EC2 must not be called */
export async function explainCloudTrailRecord(
  event: unknown,
  compiled: CompiledBaseline,
  accountRegion: Pick<AccountRegion, 'groups' | 'behind'> | undefined,
  settings: DetectorSettings,
  now: () => Date,
): Promise<Explanation> {
  const steps = new Steps();
  const parsed = parseCloudTrailEvent(event);
  steps.add(...explainParsedRecord(event, parsed, compiled, settings));
  const traced = explainGroupReads(accountRegion?.groups ?? offlineEc2Reader(), steps);
  const handle = createDetectorHandler(compiled, settings, {
    securityGroupsOf: () => traced.reader,
    ...(accountRegion && { behind: (_, groupId) => traced.behind(groupId, accountRegion.behind(groupId)) }),
    now,
    reporting: {
      findings: () => Promise.resolve(),
      measure: () => undefined,
      log: () => undefined,
      verbose: () => undefined,
    },
  });
  const findings = (await handle(event)).findings.map(explainNotAskedFinding);
  for (const finding of findings) steps.add(...explainFinding(finding, compiled, traced, currentUtcDay({ now })));
  if (parsed.ok)
    for (const id of parsed.value.target.groupIds)
      await explainLimitsOfGroup({ id, accountId: parsed.value.accountId }, compiled, traced, steps, currentUtcDay({ now }));
  if (findings.length === 0) steps.add('the event affects no guarded group: nothing is reported');
  return { steps: steps.list, findings, rehearsed: false };
}

function explainParsedRecord(
  event: unknown,
  parsed: ReturnType<typeof parseCloudTrailEvent>,
  compiled: CompiledBaseline,
  { guardName }: DetectorSettings,
): string[] {
  if (guardName !== undefined && isGuardEvent(event)) {
    const call = parseGuardCall(event, { name: guardName });
    if (!call.ok) return explainEventProblems(call.problems);
    if (call.value !== undefined) return explainGuardCall(call.value);
    return [`the call is to a service that the guard uses, but names no resource of the deployment \`${guardName}\``];
  }
  return parsed.ok
    ? [...explainApiCall(parsed.value), ...explainBaselineSelection(parsed.value, compiled)]
    : explainEventProblems(parsed.problems);
}

function explainBaselineSelection({ target }: ApiCall, compiled: CompiledBaseline): string[] {
  const byCriteria = compiled.baselines.filter(({ groups }) => hasGroupCriteria(groups)).map(({ name }) => name);
  return target.groupIds.map((id) => {
    const selection = selectBaselineById(compiled, id);
    if (selection.kind === 'guarded') return `the baseline ${selection.baseline.name} names ${id}, so the group is guarded`;
    if (selection.kind === 'ambiguous') return `several baselines name ${id}: ${selection.names.join(', ')}`;
    if (byCriteria.length === 0) return `no baseline names ${id}, so the group is not guarded`;
    return `no baseline names ${id}; whether ${byCriteria.join(' or ')} selects the group depends on the group's tags, name and VPC`;
  });
}

function explainFinding(
  { kind, severity, group, baseline: name, basis }: Finding,
  compiled: CompiledBaseline,
  { read, lists }: TracedGroups,
  day: string,
): string[] {
  const conclusion = `the detector would report a finding: ${kind}, ${severity}, based on ${basis === 'live' ? 'the live rules' : 'the record only'}`;
  const live = read.get(group.id ?? '');
  const baseline = compiled.baselines.find((each) => each.name === name);
  if (live === undefined || baseline === undefined) return [conclusion];
  const { authorize, revoke, tolerated } = planWithoutLimits(baseline, live, day);
  const exposed = exposedServices(rulesOfPlannedChanges(revoke), lists);
  return [
    ...revoke.map(({ rule, reason }) => `${formatRule(rule)} must be revoked: ${reason}`),
    ...authorize.map(({ rule, reason }) => `${formatRule(rule)} must be authorized: ${reason}`),
    ...tolerated.map(({ rule, reason }) => `${formatRule(rule)} is left alone: ${reason}`),
    ...(exposed.length === 0 ? [] : [`the rules to revoke let the internet reach ${formatServices(exposed)}`]),
    ...(authorize.length + revoke.length === 0 ? [`the group is at its baseline ${baseline.name}`] : []),
    conclusion,
  ];
}
