"""EC2 security groups as AWS keeps them. Replaces the calls of moto 5.2.1 that write or list rules.

moto applies a call permission by permission, keeps CIDRs as they were sent, counts IPv4 and IPv6 together, and changes only IPv4 sources in
ModifySecurityGroupRules. EC2 applies a call as a whole, in canonical form. docs/moto-proposal.md lists each difference with its source.
"""

import contextlib
import copy
import ipaddress
import re
from collections import defaultdict
from functools import partialmethod

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DryRunClientError, EC2ClientError
from moto.ec2.models import ec2_backends, security_groups as models
from moto.ec2.responses.security_groups import SecurityGroups

# Default quota, for each direction, IPv4 and IPv6 apart. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
MAX_RULES = 60
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
DESCRIPTION = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")
NO_RULE = ("The specified rule does not exist in this security group.", "InvalidPermission.NotFound")
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}
#: A kind of source, named as in ModifySecurityGroupRules -> the list of an IpPermission that holds such sources, and its name there.
MEMBERS = {
    "CidrIpv4": ("IpRanges", "CidrIp"),
    "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
    "PrefixListId": ("PrefixListIds", "PrefixListId"),
    "ReferencedGroupId": ("UserIdGroupPairs", "GroupId"),
}
NETWORKS = {"CidrIpv4": ipaddress.IPv4Network, "CidrIpv6": ipaddress.IPv6Network}
#: (account, region) -> ids of groups and VPCs of other accounts that are shared with it, or whose VPC it owns.
VISIBLE = defaultdict(set)
#: group id -> its rules before the last write, for reads that lag behind.
PREVIOUS = {}


class Rule(models.SecurityGroupRule):
    """One rule in canonical form: CIDRs without host bits, protocols by EC2's names, ports only where the protocol has them."""

    def __init__(self, backend, group, is_egress, traffic, source, text, tags=None):
        super().__init__(backend, "-1", group.id, None, None, {}, is_egress=is_egress, tags=tags)
        (self.ip_protocol, self.from_port, self.to_port), (kind, name, owner), self.text = traffic, source, text
        if kind == "ReferencedGroupId":
            self.source_group = {"GroupId": name, "UserId": owner}
        elif kind == "PrefixListId":
            self.prefix_list_id = name
        else:
            self.ip_range = {MEMBERS[kind][1]: name}


def source_of(rule):
    """The kind of a rule's source by its name in ModifySecurityGroupRules, and the source."""
    found = {**rule.ip_range, "PrefixListId": rule.prefix_list_id, "GroupId": rule.source_group.get("GroupId")}
    return next(((kind, found[name]) for kind, (_, name) in MEMBERS.items() if found.get(name)), ("ReferencedGroupId", None))


def identity(rule):
    """What makes two rules the same to EC2: description and tags are no part of it."""
    return (rule.is_egress, rule.ip_protocol, rule.from_port, rule.to_port, *source_of(rule))


def described(rule):
    return {} if rule.text is None else {"Description": rule.text}


def tags_of(resource):
    return [{"Key": tag["key"], "Value": tag["value"]} for tag in resource.get_tags()]


def shown(rule, is_revoked=False):
    """The rule as DescribeSecurityGroupRules answers it, or as RevokeSecurityGroup* does:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokedSecurityGroupRule.html"""
    (kind, source), backend = source_of(rule), rule.ec2_backend
    first, last = (-1 if port is None else port for port in (rule.from_port, rule.to_port))
    ids = {"SecurityGroupRuleId": rule.id, "GroupId": rule.group_id, "IsEgress": rule.is_egress}
    answer = {**ids, "IpProtocol": rule.ip_protocol, "FromPort": first, "ToPort": last, kind: source, **described(rule)}
    if is_revoked:
        return answer
    if kind == "ReferencedGroupId":
        answer["ReferencedGroupInfo"] = {"GroupId": answer.pop(kind), "UserId": rule.source_group.get("UserId")}
    arn = arn_of(backend, backend.account_id, "security-group-rule", rule.id)
    return {**answer, "GroupOwnerId": backend.account_id, "Tags": tags_of(rule), "SecurityGroupRuleArn": arn}


def arn_of(backend, owner, kind, name):
    return f"arn:{backend.partition}:ec2:{backend.region_name}:{owner}:{kind}/{name}"


def permissions(rules):
    """The rules as DescribeSecurityGroups answers them: one entry for all sources of the same protocol and ports."""
    entries = {}
    for rule in rules:
        ports = {} if rule.from_port is None else {"FromPort": rule.from_port, "ToPort": rule.to_port}
        empty = {"IpProtocol": rule.ip_protocol, **ports, **{member: [] for member, _ in MEMBERS.values()}}
        kind, source = source_of(rule)
        member, name = MEMBERS[kind]
        owner = {"UserId": rule.source_group.get("UserId")} if kind == "ReferencedGroupId" else {}
        entries.setdefault((rule.ip_protocol, *ports.values()), empty)[member].append({name: source, **owner, **described(rule)})
    return list(entries.values())


def invalid(message, code="InvalidParameterValue"):
    return EC2ClientError(code, message)


def traffic_of(permission):
    """Protocol and ports, in canonical form: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html"""
    given = permission.get("IpProtocol")
    if given is None:
        raise invalid("Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.")
    protocol = str(given).lower()
    protocol = PROTOCOLS.get(protocol, protocol)
    first, last = permission.get("FromPort"), permission.get("ToPort")
    if protocol in ("tcp", "udp"):
        if first is None or last is None:
            raise invalid("Invalid value for portRange. Must specify both from and to ports with TCP/UDP.")
        if not 0 <= first <= last <= 65535:
            raise invalid(f"Invalid value '{first}-{last}' for portRange. Ports run from 0 to 65535, the first not after the last.")
        return protocol, first, last
    if protocol in ("icmp", "icmpv6"):
        # ICMPv6 may leave both out.
        kind, code = (-1 if each is None and protocol == "icmpv6" else each for each in (first, last))
        if None in (kind, code) or not -1 <= kind <= 255 or not -1 <= code <= 255 or (kind == -1 and code != -1):
            raise invalid(f"Invalid value '{kind}/{code}' for ICMP type and code.")
        return protocol, kind, code
    if protocol != "-1" and not (protocol.isdecimal() and int(protocol) <= 255):
        raise invalid(f"Invalid value '{given}' for IP protocol. Unknown protocol.")
    return str(int(protocol)), None, None


def description_of(given):
    text = given.get("Description")
    if text is None or DESCRIPTION.fullmatch(text):
        return text
    allowed = "strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
    raise invalid(f"Invalid rule description. Valid descriptions are {allowed}")


def source_in(backend, kind, given):
    """The source that a member of IpPermissions names: its kind, its canonical form, and the owner of a group."""
    value = given.get(MEMBERS[kind][1])
    if kind in NETWORKS:
        # Python takes netmasks, scopes and single addresses too; EC2 takes a prefix length only.
        with contextlib.suppress(ValueError):
            if re.fullmatch(r"[0-9a-fA-F.:]+/[0-9]{1,3}", str(value)):
                return kind, str(NETWORKS[kind](value, strict=False)), None
        raise invalid(f"CIDR block {value} is malformed")
    if kind == "PrefixListId":
        if value not in backend.managed_prefix_lists:
            raise invalid(f"The prefix list ID '{value}' does not exist", "InvalidPrefixListID.NotFound")
        return kind, value, None
    # By name only in the default VPC. Groups of other accounts are taken as they are.
    if value is None:
        value = group_of(backend, {"GroupName": given.get("GroupName")}).id
    owner = given.get("UserId") or backend.account_id
    if owner == backend.account_id and find_group(value) is None:
        raise invalid(f"The security group '{value}' does not exist", "InvalidGroup.NotFound")
    return kind, value, owner


def rules_of(backend, group, is_egress, given, tags=None):
    """The rules that IpPermissions, or the flat parameters of an old call, name. Refuses the whole call at the first invalid one."""
    flat = {key: given[key] for key in ("IpProtocol", "FromPort", "ToPort") if given.get(key) is not None}
    if given.get("CidrIp"):
        flat["IpRanges"] = [{"CidrIp": given["CidrIp"]}]
    if flat and given.get("IpPermissions"):
        raise invalid("The parameter 'ipPermissions' may not be used in combination with 'ipProtocol'", "InvalidParameterCombination")
    found = [
        Rule(backend, group, is_egress, traffic_of(permission), source_in(backend, kind, source), description_of(source), tags)
        for permission in given.get("IpPermissions") or ([flat] if flat else [])
        for kind, (member, _) in MEMBERS.items()
        for source in permission.get(member) or []
    ]
    if not found:
        raise invalid("The request must contain the parameter ipPermissions or the parameters of one rule", "MissingParameter")
    if len({identity(rule) for rule in found}) < len(found):
        # https://github.com/hashicorp/terraform-provider-aws/issues/29492
        raise invalid("The same permission must not appear multiple times")
    return found


def check(backend, rules):
    """Refuses a second rule of the same content, and rules over the quota. IPv4 and IPv6 count apart: a prefix list for its maximum of
    entries, a group for one of each."""
    seen, totals = set(), [0, 0]
    for rule in rules:
        kind, source = source_of(rule)
        if identity(rule) in seen:
            protocol = "ALL" if rule.ip_protocol == "-1" else rule.ip_protocol.upper()
            ports = "" if rule.from_port is None else f", from port: {rule.from_port}, to port: {rule.to_port}"
            what = f'the specified rule "peer: {source}, {protocol}{ports}, ALLOW" already exists'
            raise invalid(what, "InvalidPermission.Duplicate")
        seen.add(identity(rule))
        totals[0] += kind in ("CidrIpv4", "ReferencedGroupId")
        totals[1] += kind in ("CidrIpv6", "ReferencedGroupId")
        found = backend.managed_prefix_lists.get(source) if kind == "PrefixListId" else None
        if found is not None:
            # AWS-managed lists have a documented weight that moto does not know: they count as their entries.
            weight = found.max_entries or max((len(each or []) for each in found.entries.values()), default=1)
            totals[found.address_family == "IPv6"] += int(weight)
    if max(totals) > MAX_RULES:
        raise invalid("The maximum number of rules per security group has been reached.", "RulesPerSecurityGroupLimitExceeded")


def find_group(group_id):
    """The group of that id, whichever account and region has it."""
    backends = (backend for account in list(ec2_backends.values()) for backend in list(account.values()))
    return next(filter(None, (backend.get_security_group_from_id(group_id) for backend in backends)), None)


def check_id(group_id):
    """moto's AWS-verified test_invalid_security_group_id_in_rules_search has the message."""
    if not re.fullmatch(r"sg-[0-9a-zA-Z]+", group_id):
        raise invalid(f"The security group ID '{group_id}' is malformed", "InvalidGroupId.Malformed")


def group_of(backend, params):
    """The group that a call names, by id, or by name in the default VPC."""
    group_id, name = params.get("GroupId"), params.get("GroupName")
    if group_id is None and name is None:
        raise invalid("The request must contain the parameter groupName or groupId", "MissingParameter")
    if group_id is not None:
        check_id(group_id)
        group = backend.get_security_group_from_id(group_id)
    else:
        group = backend.default_vpc and backend.get_security_group_from_name(name, backend.default_vpc.id)
    if group is None:
        raise invalid(f"The security group '{group_id or name}' does not exist", "InvalidGroup.NotFound")
    return group


def rules_by_id(rules, ids):
    """The rules of these ids. Refuses the whole call if one is unknown."""
    known = {rule.id: rule for rule in rules}
    for unknown in (rule_id for rule_id in ids if rule_id not in known):
        raise invalid(f"The security group rule ID '{unknown}' does not exist", "InvalidSecurityGroupRuleId.NotFound")
    return [known[rule_id] for rule_id in ids]


def present_as(present, wanted):
    """Each wanted rule, with the one that is present with the same content, or None."""
    by_identity = {identity(rule): rule for rule in present}
    return [(rule, by_identity.get(identity(rule))) for rule in wanted]


def sides_of(group, stale=False):
    """Ingress and egress: the index is whether a rule is egress. `stale`: before the last write."""
    now = [group.ingress_rules, group.egress_rules]
    return PREVIOUS.get(group.id, now) if stale else now


def listed_rules(group, stale=False):
    ingress, egress = sides_of(group, stale)
    return [*egress, *ingress]


class Calls:
    """The calls of EC2 that take the place of moto's. Each validates everything before it changes anything."""

    #: Whether lists show the rules before the last write.
    sandbox_stale = False

    def on_group(self):
        params = self._get_params()
        return self.ec2_backend, params, group_of(self.ec2_backend, params)

    def dry_run(self):
        if str(self._get_param("DryRun", False)).lower() == "true":
            raise DryRunClientError()

    def store(self, group, changes, **answer):
        """Replaces the rules of each direction in `changes`. The last step of a call: a dry run ends before it."""
        self.dry_run()
        PREVIOUS[group.id] = sides_of(group)
        group.ingress_rules, group.egress_rules = {**dict(enumerate(sides_of(group))), **changes}.values()
        return ActionResult({"Return": True, **answer})

    def authorize_security_group(self, is_egress):
        backend, params, group = self.on_group()
        added = rules_of(backend, group, is_egress, params, self._parse_tag_specification().get("security-group-rule", {}))
        after = [*sides_of(group)[is_egress], *added]
        check(backend, after)
        return self.store(group, {is_egress: after}, SecurityGroupRules=[shown(rule) for rule in added])

    def revoke_security_group(self, is_egress):
        backend, params, group = self.on_group()
        present = sides_of(group)[is_egress]
        if params.get("SecurityGroupRuleIds"):
            gone, unknown = rules_by_id(present, params["SecurityGroupRuleIds"]), []
        else:
            found = present_as(present, rules_of(backend, group, is_egress, params))
            unknown = [wanted for wanted, rule in found if rule is None]
            # In a default VPC a rule that is not there is no error: the answer lists it.
            # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
            if unknown and not (backend.default_vpc is not None and group.vpc_id == backend.default_vpc.id):
                raise invalid(*NO_RULE)
            gone = [] if unknown else [rule for _, rule in found]
        gone_ids = {rule.id for rule in gone}
        left = {"UnknownIpPermissions": permissions(unknown)} if unknown else {}
        after = [rule for rule in present if rule.id not in gone_ids]
        return self.store(group, {is_egress: after}, RevokedSecurityGroupRules=[shown(rule, is_revoked=True) for rule in gone], **left)

    def modify_security_group_rules(self):
        """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html"""
        backend, params, group = self.on_group()
        names = "cidrIp, cidrIpv6, prefixListId, or referencedGroupId"
        changed = {}
        for update in params.get("SecurityGroupRules") or []:
            rule_id, wanted = update.get("SecurityGroupRuleId"), update.get("SecurityGroupRule") or {}
            kinds = [kind for kind in MEMBERS if wanted.get(kind) is not None]
            if len(kinds) > 1:
                raise invalid(f"Only one of {names} can be specified", "InvalidParameterCombination")
            if not kinds:
                raise invalid(f"The request must contain exactly one of: {names}", "MissingParameter")
            [kind], [rule] = kinds, rules_by_id(listed_rules(group), [rule_id])
            old_kind, _ = source_of(rule)
            if kind != old_kind:
                what = f"You may not specify {kind} for an existing {old_kind} rule."
                raise invalid(f"Invalid rule type for security group rule '{rule_id}'. {what}")
            source = source_in(backend, kind, {MEMBERS[kind][1]: wanted[kind]})
            text = description_of(wanted) if "Description" in wanted else rule.text
            changed[rule_id] = Rule(backend, group, rule.is_egress, traffic_of(wanted), source, text)
            changed[rule_id].id = rule_id
        if not changed:
            raise invalid("The request must contain the parameter securityGroupRule", "MissingParameter")
        sides = [[changed.get(rule.id, rule) for rule in side] for side in sides_of(group)]
        for after in sides:
            check(backend, after)
        return self.store(group, dict(enumerate(sides)))

    def update_security_group_rule_descriptions(self, is_egress):
        backend, params, group = self.on_group()
        present = sides_of(group)[is_egress]
        given = params.get("SecurityGroupRuleDescriptions") or []
        rules = rules_by_id(present, [each.get("SecurityGroupRuleId") for each in given])
        texts = {rule.id: description_of(each) for rule, each in zip(rules, given)}
        found = [] if texts else present_as(present, rules_of(backend, group, is_egress, params))
        if any(rule is None for _, rule in found):
            raise invalid(*NO_RULE)
        texts.update({rule.id: wanted.text for wanted, rule in found})
        after = [copy.copy(rule) for rule in present]
        for rule in after:
            rule.text = texts.get(rule.id, rule.text)
        return self.store(group, {is_egress: after})

    def delete_security_group(self):
        backend, _, group = self.on_group()
        attached = any(group.id in [each.id for each in eni.group_set] for eni in backend.enis.values())
        others = [rule for other in visible_groups(backend) if other.id != group.id for rule in listed_rules(other)]
        if group.is_default:
            raise invalid(f'the specified group: "{group.id}" name: "default" cannot be deleted by a user', "CannotDelete")
        if attached or any(source_of(rule) == ("ReferencedGroupId", group.id) for rule in others):
            raise invalid(f"resource {group.id} has a dependent object", "DependencyViolation")
        self.dry_run()
        backend.delete_security_group(group_id=group.id)
        return ActionResult({"Return": True, "GroupId": group.id})

    def describe_security_group_rules(self):
        params, filters = self._get_params(), self._filters_from_querystring()
        for group_id in filters.get("group-id", []):
            check_id(group_id)
        rules = [rule for group in visible_groups(self.ec2_backend) for rule in listed_rules(group, self.sandbox_stale)]
        ids = params.get("SecurityGroupRuleIds") or []
        rules = rules_by_id(rules, ids) if ids else rules
        return page(params, "SecurityGroupRules", [shown(rule) for rule in rules if rule.matches_filters(filters)])

    def describe_security_groups(self):
        params, filters = self._get_params(), self._filters_from_querystring()
        groups = visible_groups(self.ec2_backend)
        for group_id in params.get("GroupIds") or []:
            check_id(group_id)
        for member, attribute in (("GroupIds", "id"), ("GroupNames", "name")):
            wanted = params.get(member) or [getattr(group, attribute) for group in groups]
            for each in set(wanted) - {getattr(group, attribute) for group in groups}:
                raise invalid(f"The security group '{each}' does not exist", "InvalidGroup.NotFound")
            groups = [group for group in groups if getattr(group, attribute) in wanted]
        found = [group for group in groups if group.matches_filters(filters)]
        return page(params, "SecurityGroups", [shown_group(group, self.sandbox_stale) for group in found])


def visible_groups(backend):
    """The account's own groups, those shared with it, and those of participants in a VPC that it owns."""
    shared = VISIBLE[(backend.account_id, backend.region_name)]
    return [
        group
        for account_id, account in list(ec2_backends.items())
        if account_id == backend.account_id or (shared and backend.region_name in account)
        for groups in list(account[backend.region_name].groups.values())
        for group in list(groups.values())
        if account_id == backend.account_id or group.id in shared or group.vpc_id in shared
    ]


def shown_group(group, stale=False):
    ingress, egress = map(permissions, sides_of(group, stale))
    return {
        "GroupId": group.id,
        "GroupName": group.name,
        "Description": group.description,
        "OwnerId": group.owner_id,
        "VpcId": group.vpc_id,
        "Tags": tags_of(group),
        "IpPermissions": ingress,
        "IpPermissionsEgress": egress,
        "SecurityGroupArn": arn_of(group.ec2_backend, group.owner_id, "security-group", group.id),
    }


def page(params, member, found):
    """MaxResults from 5 to 1,000: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html"""
    size = params.get("MaxResults")
    if size is not None and not 5 <= size <= 1000:
        raise invalid(f"Value ( {size} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.")
    start = int(params.get("NextToken") or 0)
    end = start + (size or len(found))
    return ActionResult({member: found[start:end], **({"NextToken": str(end)} if end < len(found) else {})})


def install():
    """Puts the calls in the place of moto's."""
    # moto makes the default egress rule of its own class, which has no text.
    models.SecurityGroupRule.text = None
    for name, call in vars(Calls).items():
        if name in ("authorize_security_group", "revoke_security_group", "update_security_group_rule_descriptions"):
            setattr(SecurityGroups, f"{name}_ingress", partialmethod(call, False))
            setattr(SecurityGroups, f"{name}_egress", partialmethod(call, True))
        elif not name.startswith("__"):
            setattr(SecurityGroups, name, call)
