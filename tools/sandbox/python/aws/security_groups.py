"""EC2 security groups as AWS keeps them. Replaces the calls of moto 5.2.1 that write or list rules.

moto applies a call permission by permission, keeps CIDRs as they were sent, counts IPv4 and IPv6 together, and changes only IPv4 sources in
ModifySecurityGroupRules. EC2 applies a call as a whole, in canonical form. docs/moto-proposal.md lists each difference with its source.
"""

import ipaddress
import itertools
import re
from collections import defaultdict

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DryRunClientError, EC2ClientError
from moto.ec2.models import ec2_backends, security_groups as models
from moto.ec2.responses.security_groups import SecurityGroups

# Default quota, for each direction, IPv4 and IPv6 apart. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
MAX_RULES = 60
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
DESCRIPTION = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}")
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1", "-1": "-1", "tcp": "tcp", "udp": "udp", "icmp": "icmp", "icmpv6": "icmpv6"}
SOURCES = {"CidrIpv4": "CidrIp", "CidrIpv6": "CidrIpv6"}

#: (account, region) -> ids of groups and VPCs of other accounts that are shared with it, or whose VPC it owns.
VISIBLE = defaultdict(set)
#: group id -> its rules before the last write, for reads that lag behind.
PREVIOUS = {}


class Rule(models.SecurityGroupRule):
    """One rule in canonical form: CIDRs without host bits, protocols by EC2's names, ports only where the protocol has them."""

    def __init__(self, backend, group, is_egress, traffic, kind, source, description, tags=None):
        protocol, first, last = traffic
        super().__init__(backend, "-1", group.id, None, None, {}, is_egress=is_egress, tags=tags)
        self.ip_protocol, self.from_port, self.to_port = protocol, first, last
        self.change_source(kind, source, description)

    def change_source(self, kind, source, description):
        described = {} if description is None else {"Description": description}
        self.ip_range = {SOURCES[kind]: source, **described} if kind in SOURCES else {}
        self.source_group = {**source, **described} if kind == "ReferencedGroupId" else {}
        self.prefix_list_id = source if kind == "PrefixListId" else None
        self.list_description = description if kind == "PrefixListId" else None

    @property
    def description(self):
        return self.ip_range.get("Description") or self.source_group.get("Description") or getattr(self, "list_description", None)

    def describe(self, description):
        for holder in (self.ip_range, self.source_group):
            if holder:
                holder["Description"] = description
        if self.prefix_list_id:
            self.list_description = description


def source_of(rule):
    """The kind of a rule's source by its name in ModifySecurityGroupRules, and the source."""
    if rule.ip_range.get("CidrIp"):
        return "CidrIpv4", rule.ip_range["CidrIp"]
    if rule.ip_range.get("CidrIpv6"):
        return "CidrIpv6", rule.ip_range["CidrIpv6"]
    if rule.prefix_list_id:
        return "PrefixListId", rule.prefix_list_id
    return "ReferencedGroupId", rule.source_group.get("GroupId")


def identity(rule):
    """What makes two rules the same to EC2: description and tags are no part of it."""
    return (rule.is_egress, rule.ip_protocol, rule.from_port, rule.to_port, *source_of(rule))


def shown(rule):
    """The rule as DescribeSecurityGroupRules answers it."""
    kind, source = source_of(rule)
    account = rule.ec2_backend.account_id
    region = rule.ec2_backend.region_name
    partition = rule.ec2_backend.partition
    if kind == "ReferencedGroupId":
        where = {"ReferencedGroupInfo": {"GroupId": source, "UserId": rule.source_group.get("UserId")}}
    else:
        where = {kind: source}
    return {
        "SecurityGroupRuleId": rule.id,
        "GroupId": rule.group_id,
        "GroupOwnerId": account,
        "IsEgress": rule.is_egress,
        "IpProtocol": rule.ip_protocol,
        "FromPort": -1 if rule.from_port is None else rule.from_port,
        "ToPort": -1 if rule.to_port is None else rule.to_port,
        **where,
        **({} if rule.description is None else {"Description": rule.description}),
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in rule.get_tags()],
        "SecurityGroupRuleArn": f"arn:{partition}:ec2:{region}:{account}:security-group-rule/{rule.id}",
    }


def revoked(rule):
    """The rule as RevokeSecurityGroup* answers it. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokedSecurityGroupRule.html"""
    answer = {key: value for key, value in shown(rule).items() if key not in ("GroupOwnerId", "Tags", "SecurityGroupRuleArn")}
    referenced = answer.pop("ReferencedGroupInfo", None)
    return {**answer, **({"ReferencedGroupId": referenced["GroupId"]} if referenced else {})}


def permissions(rules):
    """The rules as DescribeSecurityGroups answers them: one entry for all sources of the same protocol and ports."""
    entries = {}
    for rule in rules:
        key = (rule.ip_protocol, rule.from_port, rule.to_port)
        ports = {} if rule.from_port is None else {"FromPort": rule.from_port, "ToPort": rule.to_port}
        empty = {"IpProtocol": rule.ip_protocol, **ports, "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
        entry = entries.setdefault(key, empty)
        kind, source = source_of(rule)
        described = {} if rule.description is None else {"Description": rule.description}
        if kind == "ReferencedGroupId":
            entry["UserIdGroupPairs"].append({"GroupId": source, "UserId": rule.source_group.get("UserId"), **described})
        else:
            member, name = {"CidrIpv4": ("IpRanges", "CidrIp"), "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"), "PrefixListId": ("PrefixListIds", "PrefixListId")}[kind]
            entry[member].append({name: source, **described})
    return list(entries.values())


def invalid(message, code="InvalidParameterValue"):
    return EC2ClientError(code, message)


def traffic_of(permission):
    """Protocol and ports of a permission, in canonical form. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html"""
    given = permission.get("IpProtocol")
    if given is None:
        raise invalid("Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.")
    protocol = PROTOCOLS.get(str(given).lower(), str(given))
    first, last = permission.get("FromPort"), permission.get("ToPort")
    if protocol in ("tcp", "udp"):
        if first is None or last is None:
            raise invalid("Invalid value for portRange. Must specify both from and to ports with TCP/UDP.")
        if not 0 <= first <= last <= 65535:
            raise invalid(f"Invalid value '{first}-{last}' for portRange. Ports run from 0 to 65535, the first not after the last.")
        return protocol, first, last
    if protocol in ("icmp", "icmpv6"):
        if protocol == "icmp" and (first is None or last is None):
            raise invalid("Invalid value for ICMP type and code: both must be given.")
        kind, code = (-1 if first is None else first), (-1 if last is None else last)
        if not (-1 <= kind <= 255 and -1 <= code <= 255) or (kind == -1 and code != -1):
            raise invalid(f"Invalid value '{kind}/{code}' for ICMP type and code.")
        return protocol, kind, code
    if protocol != "-1" and not (protocol.isdigit() and int(protocol) <= 255):
        raise invalid(f"Invalid value '{given}' for IP protocol. Unknown protocol.")
    return (protocol if protocol == "-1" else str(int(protocol))), None, None


def block(cidr, version):
    if "/" not in str(cidr):
        raise invalid(f"CIDR block {cidr} is malformed")
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise invalid(f"CIDR block {cidr} is malformed") from None
    if network.version != version:
        raise invalid(f"CIDR block {cidr} is malformed")
    return str(network)


def description_of(given):
    text = given.get("Description")
    if text is not None and not DESCRIPTION.fullmatch(text):
        raise invalid("Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*")
    return text


def referenced(backend, given):
    """A group as a source: by id; by name only in the default VPC. Groups of other accounts are taken as they are."""
    owner = given.get("UserId") or backend.account_id
    group_id = given.get("GroupId")
    if group_id is None and given.get("GroupName") is not None:
        group = backend.get_security_group_from_name(given["GroupName"], backend.default_vpc.id if backend.default_vpc else None)
        if group is None:
            raise invalid(f"The security group '{given['GroupName']}' does not exist in default VPC", "InvalidGroup.NotFound")
        group_id = group.id
    if owner == backend.account_id and backend.get_security_group_from_id(group_id) is None and find_group(group_id) is None:
        raise invalid(f"You have specified two resources that belong to different networks, or the group '{group_id}' does not exist.", "InvalidGroup.NotFound")
    return {"GroupId": group_id, "UserId": owner}


def rules_of(backend, group, is_egress, given, tags=None):
    """The rules that IpPermissions, or the flat parameters of an old call, name. Refuses the whole call at the first invalid one."""
    flat_keys = ("IpProtocol", "CidrIp", "SourceSecurityGroupName")
    flat = {key: given[key] for key in ("IpProtocol", "FromPort", "ToPort") if given.get(key) is not None}
    if any(given.get(key) is not None for key in flat_keys):
        if given.get("IpPermissions"):
            raise invalid("The parameter 'ipPermissions' may not be used in combination with 'ipProtocol'", "InvalidParameterCombination")
        if given.get("CidrIp"):
            flat["IpRanges"] = [{"CidrIp": given["CidrIp"]}]
        elif given.get("SourceSecurityGroupName"):
            flat["UserIdGroupPairs"] = [{"GroupName": given["SourceSecurityGroupName"]}]
    listed = given.get("IpPermissions") or ([flat] if flat else [])
    if not listed:
        raise invalid("The request must contain the parameter ipPermissions or the parameters of one rule", "MissingParameter")
    found = []
    for permission in listed:
        traffic = traffic_of(permission)

        def add(kind, source, member, traffic=traffic):
            found.append(Rule(backend, group, is_egress, traffic, kind, source, description_of(member), tags))

        for member in permission.get("IpRanges") or []:
            add("CidrIpv4", block(member.get("CidrIp"), 4), member)
        for member in permission.get("Ipv6Ranges") or []:
            add("CidrIpv6", block(member.get("CidrIpv6"), 6), member)
        for member in permission.get("PrefixListIds") or []:
            known_list(backend, member.get("PrefixListId"))
            add("PrefixListId", member["PrefixListId"], member)
        for member in permission.get("UserIdGroupPairs") or []:
            add("ReferencedGroupId", referenced(backend, member), member)
    return found


def known_list(backend, list_id):
    found = backend.managed_prefix_lists.get(list_id)
    if found is None:
        raise invalid(f"The prefix list ID '{list_id}' does not exist", "InvalidPrefixListID.NotFound")
    return found


def weights(backend, rules):
    """How many IPv4 and IPv6 rules these count for: a prefix list for its maximum of entries, a group for one of each."""
    totals = [0, 0]
    for rule in rules:
        kind, source = source_of(rule)
        if kind == "PrefixListId":
            entries = backend.managed_prefix_lists.get(source)
            # AWS-managed lists have a documented weight that moto does not know: they count as their entries.
            size = int(entries.max_entries or max((len(each or []) for each in entries.entries.values()), default=1)) if entries else 1
            totals[1 if entries and entries.address_family == "IPv6" else 0] += size
        elif kind == "ReferencedGroupId":
            totals = [totals[0] + 1, totals[1] + 1]
        else:
            totals[0 if kind == "CidrIpv4" else 1] += 1
    return totals


def find_group(group_id):
    """The group of that id, whichever account and region has it."""
    for account in list(ec2_backends.values()):
        for backend in list(account.values()):
            group = backend.get_security_group_from_id(group_id)
            if group is not None:
                return group
    return None


def group_of(backend, params):
    """The group that a call names by id, or by name in the default VPC. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"""
    group_id, name = params.get("GroupId"), params.get("GroupName")
    if group_id is None and name is None:
        raise invalid("The request must contain the parameter groupName or groupId", "MissingParameter")
    if group_id is not None and not re.fullmatch(r"sg-[0-9a-zA-Z]+", group_id):
        raise invalid(f'Invalid id: "{group_id}"', "InvalidGroupId.Malformed")
    group = backend.get_security_group_from_id(group_id) if group_id else backend.get_security_group_from_name(name, backend.default_vpc.id)
    if group is None:
        what = f"The security group '{group_id or name}' does not exist"
        raise invalid(what if group_id else f"{what} in default VPC '{backend.default_vpc.id}'", "InvalidGroup.NotFound")
    return group


def rules_in(group, is_egress):
    return group.egress_rules if is_egress else group.ingress_rules


def replace_rules(group, is_egress, rules):
    PREVIOUS[group.id] = (list(group.ingress_rules), list(group.egress_rules))
    if is_egress:
        group.egress_rules = rules
    else:
        group.ingress_rules = rules


class Calls:
    """The calls of EC2 that take the place of moto's. Each validates everything before it changes anything."""

    def authorize(self, is_egress):
        backend, params = self.ec2_backend, self._get_params()
        group = group_of(backend, params)
        tags = self._parse_tag_specification().get("security-group-rule", {})
        added = rules_of(backend, group, is_egress, params, tags)
        present = rules_in(group, is_egress)
        seen = {identity(rule) for rule in present}
        for rule in added:
            if identity(rule) in seen:
                kind, source = source_of(rule)
                raise invalid(f'the specified rule "peer: {source}, {rule.ip_protocol.upper()}, ALLOW" already exists', "InvalidPermission.Duplicate")
            seen.add(identity(rule))
        if max(weights(backend, [*present, *added])) > MAX_RULES:
            raise invalid("The maximum number of rules per security group has been reached.", "RulesPerSecurityGroupLimitExceeded")
        self.dry_run()
        replace_rules(group, is_egress, [*present, *added])
        return ActionResult({"Return": True, "SecurityGroupRules": [shown(rule) for rule in added]})

    def revoke(self, is_egress):
        backend, params = self.ec2_backend, self._get_params()
        group = group_of(backend, params)
        present = rules_in(group, is_egress)
        ids = params.get("SecurityGroupRuleIds") or []
        unknown = []
        if ids:
            by_id = {rule.id: rule for rule in present}
            for rule_id in ids:
                if rule_id not in by_id:
                    raise invalid(f"The security group rule ID '{rule_id}' does not exist", "InvalidSecurityGroupRuleId.NotFound")
            gone = [by_id[rule_id] for rule_id in ids]
        else:
            wanted = rules_of(backend, group, is_egress, params)
            by_identity = {identity(rule): rule for rule in present}
            unknown = [rule for rule in wanted if identity(rule) not in by_identity]
            # In a default VPC a rule that is not there is no error: the answer lists it.
            # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
            in_default_vpc = backend.default_vpc is not None and group.vpc_id == backend.default_vpc.id
            if unknown and not in_default_vpc:
                raise invalid("The specified rule does not exist in this security group.", "InvalidPermission.NotFound")
            gone = [] if unknown else [by_identity[identity(rule)] for rule in wanted]
        self.dry_run()
        if gone:
            replace_rules(group, is_egress, [rule for rule in present if rule not in gone])
        answer = {"Return": True, "RevokedSecurityGroupRules": [revoked(rule) for rule in gone]}
        if unknown:
            answer["UnknownIpPermissions"] = permissions(unknown)
        return ActionResult(answer)

    def authorize_security_group_ingress(self):
        return Calls.authorize(self, False)

    def authorize_security_group_egress(self):
        return Calls.authorize(self, True)

    def revoke_security_group_ingress(self):
        return Calls.revoke(self, False)

    def revoke_security_group_egress(self):
        return Calls.revoke(self, True)

    def modify_security_group_rules(self):
        """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html"""
        backend, params = self.ec2_backend, self._get_params()
        group = group_of(backend, params)
        changed = {}
        for update in params.get("SecurityGroupRules") or []:
            rule_id, wanted = update["SecurityGroupRuleId"], update.get("SecurityGroupRule") or {}
            kinds = [kind for kind in ("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupId") if wanted.get(kind) is not None]
            names = "cidrIp, cidrIpv6, prefixListId, or referencedGroupId"
            if len(kinds) > 1:
                raise invalid(f"Only one of {names} can be specified", "InvalidParameterCombination")
            if not kinds:
                raise invalid(f"The request must contain exactly one of: {names}", "MissingParameter")
            rule = group.get_rule(rule_id)
            if rule is None:
                raise invalid(f"The security group rule ID '{rule_id}' does not exist", "InvalidSecurityGroupRuleId.NotFound")
            [kind] = kinds
            old_kind, _ = source_of(rule)
            if kind != old_kind:
                raise invalid(f"Invalid rule type for security group rule '{rule_id}'. You may not specify {kind} for an existing {old_kind} rule.")
            source = {
                "CidrIpv4": lambda value: block(value, 4),
                "CidrIpv6": lambda value: block(value, 6),
                "PrefixListId": lambda value: known_list(backend, value).id,
                "ReferencedGroupId": lambda value: referenced(backend, {"GroupId": value}),
            }[kind](wanted[kind])
            description = description_of(wanted) if "Description" in wanted else rule.description
            new = Rule(backend, group, rule.is_egress, traffic_of(wanted), kind, source, description)
            new.id = rule_id
            changed[rule_id] = new
        for is_egress in (False, True):
            after = [changed.get(rule.id, rule) for rule in rules_in(group, is_egress)]
            if len({identity(rule) for rule in after}) < len(after):
                raise invalid("the specified rule already exists", "InvalidPermission.Duplicate")
            if max(weights(backend, after)) > MAX_RULES:
                raise invalid("The maximum number of rules per security group has been reached.", "RulesPerSecurityGroupLimitExceeded")
        self.dry_run()
        before = (list(group.ingress_rules), list(group.egress_rules))
        for is_egress in (False, True):
            replace_rules(group, is_egress, [changed.get(rule.id, rule) for rule in rules_in(group, is_egress)])
        PREVIOUS[group.id] = before
        return ActionResult({"Return": True})

    def update_descriptions(self, is_egress):
        backend, params = self.ec2_backend, self._get_params()
        group = group_of(backend, params)
        by_id = {rule.id: rule for rule in rules_in(group, is_egress)}
        updates = []
        for each in params.get("SecurityGroupRuleDescriptions") or []:
            rule_id = each.get("SecurityGroupRuleId")
            if rule_id not in by_id:
                raise invalid(f"The security group rule ID '{rule_id}' does not exist", "InvalidSecurityGroupRuleId.NotFound")
            updates.append((by_id[rule_id], description_of(each)))
        if not updates:
            by_identity = {identity(rule): rule for rule in by_id.values()}
            for wanted in rules_of(backend, group, is_egress, params):
                rule = by_identity.get(identity(wanted))
                if rule is None:
                    raise invalid("The specified rule does not exist in this security group.", "InvalidPermission.NotFound")
                updates.append((rule, wanted.description))
        self.dry_run()
        for rule, description in updates:
            rule_class(rule).describe(description)
        return ActionResult({"Return": True})

    def update_security_group_rule_descriptions_ingress(self):
        return Calls.update_descriptions(self, False)

    def update_security_group_rule_descriptions_egress(self):
        return Calls.update_descriptions(self, True)

    def delete_security_group(self):
        group = group_of(self.ec2_backend, self._get_params())
        attached = any(group.id in [each.id for each in eni.group_set] for eni in self.ec2_backend.enis.values())
        others = [other for other in visible_groups(self.ec2_backend) if other.id != group.id]
        mentioned = any(rule.source_group.get("GroupId") == group.id for other in others for rule in [*other.ingress_rules, *other.egress_rules])
        if group.is_default:
            raise invalid(f'the specified group: "{group.id}" name: "default" cannot be deleted by a user', "CannotDelete")
        if attached or mentioned:
            raise invalid(f"resource {group.id} has a dependent object", "DependencyViolation")
        self.dry_run()
        self.ec2_backend.delete_security_group(group_id=group.id)
        return ActionResult({"Return": True, "GroupId": group.id})

    def describe_security_group_rules(self):
        backend, params = self.ec2_backend, self._get_params()
        filters = self._filters_from_querystring()
        for group_id in filters.get("group-id", []):
            if not re.fullmatch(r"sg-[0-9a-zA-Z]+", group_id):
                raise invalid(f'Invalid id: "{group_id}"', "InvalidGroupId.Malformed")
        rules = [rule for group in visible_groups(backend) for rule in listed_rules(group, self.is_stale())]
        ids = params.get("SecurityGroupRuleIds") or []
        for rule_id in ids:
            if rule_id not in {rule.id for rule in rules}:
                raise invalid(f"The security group rule ID '{rule_id}' does not exist", "InvalidSecurityGroupRuleId.NotFound")
        found = [rule for rule in rules if (not ids or rule.id in ids) and rule.matches_filters(filters)]
        return page(params, "SecurityGroupRules", [shown(rule) for rule in found])

    def describe_security_groups(self):
        backend, params = self.ec2_backend, self._get_params()
        groups = visible_groups(backend)
        for member, attribute in (("GroupIds", "id"), ("GroupNames", "name")):
            wanted = params.get(member) or []
            for each in wanted:
                if member == "GroupIds" and not re.fullmatch(r"sg-[0-9a-zA-Z]+", each):
                    raise invalid(f'Invalid id: "{each}"', "InvalidGroupId.Malformed")
                if each not in [getattr(group, attribute) for group in groups]:
                    raise invalid(f"The security group '{each}' does not exist", "InvalidGroup.NotFound")
            if wanted:
                groups = [group for group in groups if getattr(group, attribute) in wanted]
        filters = self._filters_from_querystring()
        found = [group for group in groups if group.matches_filters(filters)]
        return page(params, "SecurityGroups", [shown_group(group, self.is_stale()) for group in found])

    def dry_run(self):
        if str(self._get_param("DryRun", False)).lower() == "true":
            raise DryRunClientError()

    def is_stale(self):
        return getattr(self, "sandbox_stale", False)


def rule_class(rule):
    """moto makes the default egress rule of its own class: it becomes one of ours when it is described."""
    if not isinstance(rule, Rule):
        rule.__class__ = Rule
        rule.list_description = None
    return rule


def visible_groups(backend):
    """The account's own groups, those shared with it, and those of participants in a VPC that it owns."""
    own = list(itertools.chain.from_iterable(list(groups.values()) for groups in list(backend.groups.values())))
    shared = VISIBLE[(backend.account_id, backend.region_name)]
    if not shared:
        return own
    foreign = [
        group
        for account_id, account in list(ec2_backends.items())
        if account_id != backend.account_id and backend.region_name in account
        for groups in list(account[backend.region_name].groups.values())
        for group in list(groups.values())
        if group.id in shared or group.vpc_id in shared
    ]
    return own + foreign


def listed_rules(group, stale=False):
    ingress, egress = PREVIOUS.get(group.id, (group.ingress_rules, group.egress_rules)) if stale else (group.ingress_rules, group.egress_rules)
    return [*egress, *ingress]


def shown_group(group, stale=False):
    rules = listed_rules(group, stale)
    backend = group.ec2_backend
    return {
        "GroupId": group.id,
        "GroupName": group.name,
        "Description": group.description,
        "OwnerId": group.owner_id,
        "VpcId": group.vpc_id,
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in group.get_tags()],
        "IpPermissions": permissions([rule for rule in rules if not rule.is_egress]),
        "IpPermissionsEgress": permissions([rule for rule in rules if rule.is_egress]),
        "SecurityGroupArn": f"arn:{backend.partition}:ec2:{backend.region_name}:{group.owner_id}:security-group/{group.id}",
    }


def page(params, member, found):
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html: MaxResults from 5 to 1,000; without it, everything."""
    size = params.get("MaxResults")
    if size is None:
        return ActionResult({member: found})
    if not 5 <= size <= 1000:
        raise invalid(f"Value ( {size} ) for parameter maxResults is invalid. Expecting a value between 5 and 1000.")
    start = int(params.get("NextToken") or 0)
    more = start + size < len(found)
    return ActionResult({member: found[start : start + size], **({"NextToken": str(start + size)} if more else {})})


def install():
    """Puts the calls in the place of moto's."""
    for name, call in vars(Calls).items():
        if not name.startswith("_"):
            setattr(SecurityGroups, name, call)
