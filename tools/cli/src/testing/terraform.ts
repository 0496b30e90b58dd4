/**
 * Builds the output of `terraform show -json` in the format of Terraform 1.11 and AWS provider 5.100. Omits fields that Portcullis does not
 * read.
 */

type Values = Readonly<Record<string, unknown>>;

/** Returns a resource for a state. The address of a data source begins with `data.`. */
export function resource(address: string, values: Values): object {
  const [, data, type] = /^(?:module\.[^.]+\.)*(data\.)?([^.]+)/.exec(address) ?? [];
  return { address, mode: data === undefined ? 'managed' : 'data', type, values };
}

/** Returns the values of a state with these resources in the root module. */
export function state(...resources: readonly object[]): { readonly root_module: object } {
  return { root_module: { resources } };
}

/** Returns a block `ingress` or `egress`, or the values of an `aws_security_group_rule`. The default is tcp/443 without a source. */
export function block(values: Values): Values {
  const lists = { cidr_blocks: [], ipv6_cidr_blocks: [], prefix_list_ids: [], security_groups: [] };
  return { protocol: 'tcp', from_port: 443, to_port: 443, self: false, description: '', ...lists, ...values };
}

/** Returns the values of an `aws_vpc_security_group_ingress_rule` or `…_egress_rule`. The default is tcp/443 without a source. */
export function vpcRule(groupId: string | undefined, values: Values): Values {
  const sources = { cidr_ipv4: null, cidr_ipv6: null, prefix_list_id: null, referenced_security_group_id: null };
  const group = groupId === undefined ? {} : { security_group_id: groupId };
  return { ...group, ip_protocol: 'tcp', from_port: 443, to_port: 443, description: null, ...sources, ...values };
}

/** How a plan changes a resource. */
export interface PlannedChange {
  readonly address: string;
  readonly before?: Values;
  readonly after?: Values;
  /** The member `after_unknown` of the change. */
  readonly unknown?: Values;
  /** @default `create`, `delete` or `update`, as `before` and `after` imply */
  readonly actions?: readonly string[];
}

/** Returns a plan with these changes. The prior state of the plan contains the resources as they were before the changes. */
export function plan(changes: readonly PlannedChange[], more: Values = {}): object {
  return {
    format_version: '1.2',
    prior_state: { values: state(...changes.flatMap(({ address, before }) => (before === undefined ? [] : [resource(address, before)]))) },
    resource_changes: changes.map(({ address, before = null, after = null, unknown = {}, actions }) => {
      const usual = before === null ? 'create' : after === null ? 'delete' : 'update';
      return { ...resource(address, {}), change: { actions: actions ?? [usual], before, after, after_unknown: unknown } };
    }),
    ...more,
  };
}
