// moto loses the description of a rule whose source is a prefix list, and does not show that of a rule whose source is
// a group where rules are listed one by one (DescribeSecurityGroupRules). They are kept here, by rule id, and shown.
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { ApiRequest } from '../api-request.js';
import { failed } from '../api-response.js';
import { listOf, objectOf, textOf } from '../json.js';
import { hasTrafficOf } from '../permission-input.js';
import { on, type Interceptor } from '../pipeline.js';
import { text } from '../xml.js';

export interface SourceDescriptions {
  /** The description kept of the rule. */
  of(ruleId: string): string | undefined;
  /**
   * Notes what a call that was carried out says of these rules: the ones it made, or the ones it describes anew. Reports
   * whether it says anything of them.
   */
  note(request: ApiRequest, rules: readonly SecurityGroupRule[]): boolean;
  readonly interceptor: Interceptor;
}

const isOf = (rule: SecurityGroupRule, source: unknown): boolean =>
  rule.PrefixListId === undefined
    ? rule.ReferencedGroupInfo !== undefined && rule.ReferencedGroupInfo.GroupId === textOf(source, 'GroupId')
    : rule.PrefixListId === textOf(source, 'PrefixListId');

/** What the call says of the rule: by its id, in a change of it, or by the permission of which it is a part. */
const saidOf = (rule: SecurityGroupRule, { input }: ApiRequest): string | undefined => {
  const isIt = (update: unknown): boolean => textOf(update, 'SecurityGroupRuleId') === rule.SecurityGroupRuleId;
  const description = listOf(input, 'SecurityGroupRuleDescription').find(isIt);
  if (description !== undefined) return textOf(description, 'Description');
  const change = listOf(input, 'SecurityGroupRule').find(isIt);
  if (change !== undefined) return textOf(objectOf(change, 'SecurityGroupRule'), 'Description');
  const source = listOf(input, 'IpPermissions')
    .filter((permission) => hasTrafficOf(rule, permission))
    .flatMap((permission) => [...listOf(permission, 'Groups'), ...listOf(permission, 'PrefixListIds')])
    .find((each) => isOf(rule, each));
  return textOf(source, 'Description');
};

export const createSourceDescriptions = (): SourceDescriptions => {
  const kept = new Map<string, string>();
  return {
    of: (ruleId) => kept.get(ruleId),
    note: (request, rules) => {
      let noted = false;
      for (const rule of rules) {
        if (rule.CidrIpv4 !== undefined || rule.CidrIpv6 !== undefined) continue;
        const description = saidOf(rule, request);
        if (description === undefined) continue;
        kept.set(rule.SecurityGroupRuleId ?? '', description);
        noted = true;
      }
      return noted;
    },
    interceptor: {
      matches: (request) => kept.size > 0 && on('ec2', 'DescribeSecurityGroupRules')(request),
      handle: async (request, next) => {
        const response = await next(request);
        if (failed(response)) return response;
        const body = response.body
          .toString('utf8')
          .replace(/<securityGroupRuleId>(sgr-[0-9a-f]+)<\/securityGroupRuleId>/g, (whole, id: string) => {
            const description = kept.get(id);
            return description === undefined ? whole : whole + text('description', description).xml;
          });
        return { ...response, body: Buffer.from(body) };
      },
    },
  };
};
