"""What the sandbox adds to moto's security groups: groups of other accounts, reads that lag behind, and the state of groups for records and items.

How EC2 keeps groups and rules is in ../moto.patch.
"""

import copy
import json
import threading
from collections import defaultdict

from moto.core.responses import get_service_model
from moto.core.serialize import JSONSerializer, XFormedAttributePicker
from moto.ec2.models import ec2_backends
from moto.ec2.models.security_groups import SecurityGroupBackend

#: (account, region) -> ids of groups and VPCs of other accounts that are shared with it, or whose VPC it owns.
VISIBLE = defaultdict(set)
#: group id -> its ingress and egress rules before the last write.
PREVIOUS = {}
#: `stale`: whether the call of this thread sees the rules before the last write.
reading = threading.local()


class Answer(JSONSerializer):
    """What EC2 answers, under the names of the API's model."""

    def get_serialized_name(self, shape, default_name):
        return default_name


def answer(operation, member, found):
    model = get_service_model("ec2").operation_model(operation)
    return json.loads(Answer(model, value_picker=XFormedAttributePicker()).serialize({member: found})["body"])[member]


def states(backend, names=None):
    """The account's own groups of these ids or names, or all: each as DescribeSecurityGroups and DescribeSecurityGroupRules answer it."""
    own = [group for groups in list(backend.groups.values()) for group in list(groups.values())]
    own = [group for group in own if names is None or group.id in names or group.name in names]
    return {
        group.id: {
            "group": shown,
            "rules": answer("DescribeSecurityGroupRules", "SecurityGroupRules", [rule.response_object() for rule in rules_of(group)]),
        }
        for group, shown in zip(own, answer("DescribeSecurityGroups", "SecurityGroups", own))
    }


def rules_of(group):
    return [*group.egress_rules, *group.ingress_rules]


def find_group(group_id):
    """The group of that id, whichever account and region has it."""
    backends = (backend for account in list(ec2_backends.values()) for backend in list(account.values()))
    return next(filter(None, (backend.get_security_group_from_id(group_id) for backend in backends)), None)


def visible_groups(backend):
    """The account's own groups, those shared with it, and those of participants in a VPC that it owns."""
    shared = VISIBLE[(backend.account_id, backend.region_name)]
    found = [
        group
        for account_id, account in list(ec2_backends.items())
        if account_id == backend.account_id or (shared and backend.region_name in account)
        for groups in list(account[backend.region_name].groups.values())
        for group in list(groups.values())
        if account_id == backend.account_id or group.id in shared or group.vpc_id in shared
    ]
    return [before_last_write(group) for group in found] if getattr(reading, "stale", False) else found


def before_last_write(group):
    old = copy.copy(group)
    old.ingress_rules, old.egress_rules = PREVIOUS.get(group.id, (group.ingress_rules, group.egress_rules))
    return old


def install():
    replace_rules = SecurityGroupBackend._replace_rules

    def remembering_replace(self, group, rules, dry_run):
        before = group.ingress_rules, group.egress_rules
        replace_rules(self, group, rules, dry_run)
        PREVIOUS[group.id] = before

    SecurityGroupBackend._replace_rules = remembering_replace
    SecurityGroupBackend.get_all_security_groups = visible_groups
