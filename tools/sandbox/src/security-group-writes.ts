import type { EC2Client, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { ApiRequest } from './api-request.js';
import { failed, type ApiResponse } from './api-response.js';
import { groupIdsOf, recordedOperations, sideEffectOperations, type GroupChange } from './group-change.js';
import { takeBack } from './mends/all-or-nothing.js';
import { revokeIpv6Egress } from './mends/egress-ipv6.js';
import { modifyRules } from './mends/modify-rules.js';
import { withPortsForMoto } from './mends/portless-protocols.js';
import { withRulesSpelledOut } from './mends/rule-descriptions.js';
import { withRules, type Place } from './mends/rule-responses.js';
import { refuseUnknownRuleId } from './mends/unknown-rule-ids.js';
import type { Handle, Interceptor } from './pipeline.js';
import { readGroups, rulesGained, type GroupStates, type RuleMemory } from './security-groups.js';
import { createQueue } from './work.js';

export interface SecurityGroupWritesOptions {
  /** Straight to moto, past the proxy. */
  readonly ec2: EC2Client;
  readonly memory: RuleMemory;
  readonly place: Place;
  /** Told of every write, refused ones too, before its caller has the answer. */
  readonly onChange: (change: GroupChange, cause: number | undefined) => void;
  /** The delivery during which the call was made, if a function made it. */
  readonly causeOf: (request: ApiRequest) => Promise<number | undefined>;
}

/** The rules whose description the call may set: those it made or changed, and those it only describes anew. */
const rulesDescribedBy = (
  { operation }: ApiRequest,
  before: GroupStates,
  after: GroupStates,
): readonly SecurityGroupRule[] =>
  operation.startsWith('UpdateSecurityGroupRuleDescriptions')
    ? [...after.values()].flatMap(({ rules }) => rules)
    : rulesGained(before, after);

const watched: readonly string[] = [...recordedOperations, ...sideEffectOperations];

/**
 * Carries out the calls that write to security groups as EC2 would, one at a time, and tells what each of them did. One
 * at a time, so that what lies between the state before a call and the state after it is that call's doing.
 */
export const securityGroupWrites = ({
  ec2,
  memory,
  place,
  onChange,
  causeOf,
}: SecurityGroupWritesOptions): Interceptor => {
  const inTurn = createQueue();

  const carryOut = async (request: ApiRequest, next: Handle, before: GroupStates): Promise<ApiResponse> => {
    const refused = refuseUnknownRuleId(request, before);
    if (refused !== undefined) return refused;
    if (request.operation === 'ModifySecurityGroupRules' && before.size > 0 && request.input.DryRun !== 'true') {
      return modifyRules(ec2, memory.ids, request, before);
    }
    return next(withPortsForMoto(withRulesSpelledOut(request, before)));
  };

  return {
    matches: ({ service, operation, region }) =>
      service === 'ec2' && region === place.region && watched.includes(operation),
    handle: (request, next) =>
      inTurn(async () => {
        const time = new Date();
        const ids = groupIdsOf(request);
        const before = await readGroups(ec2, memory, ids);
        let answer = await carryOut(request, next, before);
        let after = await readGroups(ec2, memory, ids);
        if (!failed(answer)) {
          const described = memory.descriptions.note(request, rulesDescribedBy(request, before, after));
          const egress = await revokeIpv6Egress(ec2, memory.ids, request, before, after);
          if (described || egress.removed) after = await readGroups(ec2, memory, ids);
          answer = egress.refusal ?? answer;
        }
        if (failed(answer) && (await takeBack(ec2, memory.ids, before, after))) {
          after = await readGroups(ec2, memory, ids);
        }
        const gained = rulesGained(before, after);
        const lost = rulesGained(after, before);
        const response = failed(answer) ? answer : withRules(request, answer, { gained, lost }, place);
        onChange({ request, response, before, after, gained, lost, time }, await causeOf(request));
        return response;
      }),
  };
};
