/**
 * Prints the calls and events in the sandbox. Each event is below the call that caused it, with the time since the last call of a person.
 */
import { describeRules, type Finding, type Severity } from '@portcullis/finding';
import { readRules } from '@portcullis/permission-diff';
import type { Call } from '../simulated-aws/call.js';
import { json } from '../json.js';
import type { Delivery, DeliveryKind } from '../delivery/delivery.js';
import type { Sandbox } from '../sandbox.js';
import { printDemoLabelled, type Colour } from './terminal.js';

const WRITES = /^(Authorize|Revoke|Modify|Update|Create|Delete)SecurityGroup|^(Modify|Restore)ManagedPrefixList/;

const SEVERITY_COLOURS: Record<Severity, Colour> = { critical: 'red', high: 'red', medium: 'yellow', low: 'yellow', info: 'plain' };

/**
 * For each kind of delivery, the name of the invoking service or function, and a function that summarizes the event. The summary is the
 * recorded call, the message type of AWS Config, or the group to restore.
 */
const SOURCES: Record<DeliveryKind, readonly [name: string, what: (event: unknown) => string | undefined]> = {
  config: ['AWS Config', (event) => json.text(json.parse(json.text(event, 'invokingEvent') ?? ''), 'messageType')],
  cloudtrail: ['CloudTrail', (event) => json.text(json.object(event, 'detail'), 'eventName')],
  // If EventBridge Scheduler invokes the remediator, `narrateDelivery` prints `Scheduler` instead of `detector`.
  invoke: ['detector', (event) => json.text(json.object(event, 'group'), 'id')],
};

/** Prints what happens in the sandbox until the returned function is called. With `wholeEvents`, also prints each event as JSON. */
export function narrateSandbox(sandbox: Sandbox, { wholeEvents }: { readonly wholeEvents: boolean }): () => void {
  let start = performance.now();
  const elapsed = (now = performance.now()): string =>
    now - start < 10_000 ? `${(now - start).toFixed(0)} ms` : `${((now - start) / 1000).toFixed(0)} s`;
  const times = new Map<Call, string>();
  const told = new Set<number | undefined>([undefined, ...sandbox.deliveries.map(({ id }) => id)]);
  const waiting: (readonly [Delivery, time: string])[] = [];

  const tell = (delivery: Delivery, time: string): void => {
    told.add(delivery.id);
    if (wholeEvents) printDemoLabelled('', JSON.stringify(delivery.event, null, 2), 'dim');
    narrateDelivery(delivery, time, times, sandbox);
    for (const caused of waiting) if (caused[0].cause === delivery.id) tell(...caused);
  };

  return sandbox.onEvent((event) => {
    if (event.type === 'not-delivered' && sandbox.deployments.length > 0) printDemoLabelled('no event', event.reason, 'yellow');
    if (event.type === 'call' && isNarratedCall(event.call)) {
      const isPersons = event.call.during === undefined;
      if (isPersons) start = performance.now();
      times.set(event.call, elapsed());
      // Prints only the calls of people. `narrateDelivery` prints the calls of functions.
      if (isPersons) narrateWrite(event.call, narratedFunctionName(event.call.caller.name), elapsed());
    }
    if (event.type !== 'delivery-finished') return;
    const { delivery } = event;
    const time = elapsed(delivery.attempts[0]?.start);
    // A delivery can end before the delivery that caused it. Such a delivery is printed later, below its cause.
    if (told.has(delivery.cause)) tell(delivery, time);
    else waiting.push([delivery, time]);
  });
}

/** Returns `remediator` or `detector` for a function, and any other name unchanged. */
function narratedFunctionName(name: string): string {
  return name.replace(/^portcullis-(config|cloudtrail)-/, '');
}

function isNarratedCall({ service, operation }: Call): boolean {
  return service === 'ec2' && WRITES.test(operation);
}

/**
 * Prints a call that changes a group, such as `AuthorizeSecurityGroupIngress: tcp/445 from 0.0.0.0/0` or `RevokeSecurityGroupIngress:
 * sgr-1, sgr-2`, and whether AWS refused the call.
 */
function narrateWrite({ operation, parameters, errorCode }: Call, label: string, time = ''): void {
  const direction = operation.endsWith('Egress') ? 'egress' : 'ingress';
  const permissions = json.list(parameters, 'IpPermissions');
  const rules = permissions.length > 0 ? readRules(permissions, { direction, descriptions: 'trusted' }) : undefined;
  const asked = rules?.ok === true ? describeRules(rules.value) : json.list(parameters, 'SecurityGroupRuleIds').map(String).join(', ');
  const refused = errorCode === undefined ? '' : `, refused with ${errorCode}`;
  printDemoLabelled(label, `${operation}${asked === '' ? '' : `: ${asked}`}${refused}`, errorCode === undefined ? 'cyan' : 'yellow', time);
}

function narrateDelivery(
  { id, kind, event, functionName, error, result }: Delivery,
  time: string,
  times: ReadonlyMap<Call, string>,
  sandbox: Sandbox,
): void {
  const name = narratedFunctionName(functionName);
  const [usual, what] = SOURCES[kind];
  const source = json.text(event, 'approval') === 'over' ? 'Scheduler' : usual;
  printDemoLabelled(source, `invokes the ${name}: ${what(event) ?? 'an event'}`, 'plain', time);
  for (const call of sandbox.calls) if (call.during === id && isNarratedCall(call)) narrateWrite(call, name, times.get(call));
  if (error !== undefined) printDemoLabelled(name, `failed: ${error.errorType}: ${error.errorMessage}`, 'red');
  const findings = narratedFindings(result);
  for (const finding of findings) narrateFinding(finding, name);
  const evaluations = sandbox.evaluations.filter(({ during }) => during === id);
  for (const { compliance = '', annotation = '' } of evaluations)
    printDemoLabelled(
      source,
      `holds ${compliance}${findings.length > 0 ? '' : `: ${annotation}`}`,
      compliance === 'COMPLIANT' ? 'green' : 'yellow',
    );
  if (findings.length + evaluations.length === 0 && error === undefined) printDemoLabelled(name, 'has nothing to report', 'dim');
}

function narrateFinding({ kind, severity, summary, actor, outlook }: Finding, name: string): void {
  const isRestored = kind === 'restoration';
  printDemoLabelled(
    name,
    isRestored ? summary : `${severity.toUpperCase()}: ${summary}`,
    isRestored ? 'green' : SEVERITY_COLOURS[severity],
  );
  if (isRestored) return;
  const { type, arn, invokedBy, userName, sourceIp } = actor ?? {};
  if (actor !== null)
    printDemoLabelled('', `by ${userName ?? arn ?? invokedBy ?? 'somebody'} (${type ?? '?'}) from ${sourceIp ?? 'an unknown address'}`);
  if (outlook !== undefined) printDemoLabelled('', outlook, 'dim');
}

/** Returns the findings in the result that a function returned. */
export function narratedFindings(result: unknown): readonly Finding[] {
  return json.list(result, 'findings') as readonly Finding[];
}
