"""Creates stacks with moto's CloudFormation. Adds the resource types and properties that moto lacks and that the template of a member
account uses.

Source of the properties: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

import json

from moto.backends import get_backend
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.iam.models import Role
from moto.s3.models import FakeBucket
from moto.utilities.utils import get_partition

# Keeps a reference to each added class, because moto cannot find a class without references.
added = []


def adds(resource_type):
    """Adds a resource type. The decorated function gets two arguments: a function that returns moto's backend of a service,
    and the properties of the resource. The decorated function creates the resource, and returns the value of `Ref`."""

    def add(create):
        class Added(CloudFormationModel):
            def __init__(self, name):
                self.name = name

            @property
            def physical_resource_id(self):
                return self.name

            @staticmethod
            def cloudformation_type():
                return resource_type

            @staticmethod
            def cloudformation_name_type():
                return ""

            @classmethod
            def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_):
                return cls(create(backends(account_id, region_name), **cloudformation_json["Properties"]))

        added.append(Added)
        return create

    return add


def backends(account, region):
    def backend(service, place=region):
        return get_backend(service)[account][place]

    return backend


def completes(model):
    """Decorates a function that sets the properties that moto ignores. The function runs after moto's own code has created the resource."""

    def complete(more):
        original = model.create_from_cloudformation_json.__func__

        def create(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
            resource = original(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs)
            backend = get_backend(model.cloudformation_type().split("::")[1].lower())[account_id][get_partition(region_name)]
            more(backend, resource, **cloudformation_json["Properties"])
            return resource

        model.create_from_cloudformation_json = classmethod(create)

    return complete


@completes(Role)
def complete_role(iam, role, ManagedPolicyArns=(), Policies=(), **_):
    for policy in Policies:
        role.put_policy(policy["PolicyName"], json.dumps(policy["PolicyDocument"]))
    for arn in ManagedPolicyArns:
        iam.attach_role_policy(arn, role.name)


@completes(FakeBucket)
def complete_bucket(s3, bucket, PublicAccessBlockConfiguration=None, VersioningConfiguration=None, LifecycleConfiguration=None, **_):
    if PublicAccessBlockConfiguration:
        s3.put_public_access_block(bucket.name, {key: str(value).lower() for key, value in PublicAccessBlockConfiguration.items()})
    if VersioningConfiguration:
        s3.put_bucket_versioning(bucket.name, VersioningConfiguration["Status"])
    if LifecycleConfiguration:
        rules = [
            {
                "ID": rule["Id"],
                "Status": rule["Status"],
                "Filter": {"Prefix": rule.get("Prefix", "")},
                "Expiration": {"Days": rule["ExpirationInDays"]},
                "NoncurrentVersionExpiration": rule["NoncurrentVersionExpiration"],
                "AbortIncompleteMultipartUpload": rule["AbortIncompleteMultipartUpload"],
            }
            for rule in LifecycleConfiguration["Rules"]
        ]
        s3.put_bucket_lifecycle_configuration(bucket.name, rules)


@adds("AWS::S3::BucketPolicy")
def bucket_policy(backend, Bucket, PolicyDocument):
    backend("s3", get_partition(backend("sqs").region_name)).put_bucket_policy(Bucket, json.dumps(PolicyDocument).encode())
    return Bucket


@adds("AWS::SQS::QueuePolicy")
def queue_policy(backend, Queues, PolicyDocument):
    for url in Queues:
        backend("sqs").set_queue_attributes(url.split("/")[-1], {"Policy": json.dumps(PolicyDocument)})
    return Queues[0]


@adds("AWS::CloudWatch::Alarm")
def alarm(backend, **properties):
    words = {
        "AlarmName": "name",
        "AlarmDescription": "description",
        "Namespace": "namespace",
        "MetricName": "metric_name",
        "ComparisonOperator": "comparison_operator",
        "EvaluationPeriods": "evaluation_periods",
        "Period": "period",
        "Threshold": "threshold",
        "Statistic": "statistic",
        "Dimensions": "dimensions",
        "TreatMissingData": "treat_missing_data",
    }
    return backend("cloudwatch").put_metric_alarm(alarm_actions=[], **{words[key]: value for key, value in properties.items()}).name


@adds("AWS::CloudTrail::Trail")
def trail(backend, TrailName, S3BucketName, IsLogging, EventSelectors=(), **flags):
    cloudtrail = backend("cloudtrail")
    words = {
        "IncludeGlobalServiceEvents": "is_global",
        "IsMultiRegionTrail": "is_multi_region",
        "EnableLogFileValidation": "log_validation",
    }
    absent = dict.fromkeys(["s3_key_prefix", "sns_topic_name", "is_org_trail", "cw_log_group_arn", "cw_role_arn", "kms_key_id"])
    given = {words[key]: value for key, value in flags.items()}
    defaults = dict.fromkeys(words.values(), False)
    cloudtrail.create_trail(name=TrailName, bucket_name=S3BucketName, tags_list=[], **{**absent, **defaults, **given})
    cloudtrail.put_event_selectors(TrailName, list(EventSelectors), [])
    if IsLogging:
        cloudtrail.start_logging(TrailName)
    return TrailName


@adds("AWS::CloudFormation::WaitConditionHandle")
def wait_condition_handle(backend):
    return "handle"


def start_recorders(config):
    """Like CloudFormation, starts the recorders if a delivery channel exists."""
    for name in config.recorders if config.delivery_channels else ():
        config.start_configuration_recorder(name)


@adds("AWS::Config::ConfigurationRecorder")
def recorder(backend, Name, RoleARN, RecordingGroup):
    config = backend("config")
    group = {"allSupported": RecordingGroup["AllSupported"], "resourceTypes": RecordingGroup["ResourceTypes"]}
    config.put_configuration_recorder({"name": Name, "roleARN": RoleARN, "recordingGroup": group})
    start_recorders(config)
    return Name


@adds("AWS::Config::DeliveryChannel")
def delivery_channel(backend, Name, S3BucketName):
    config = backend("config")
    config.put_delivery_channel({"name": Name, "s3BucketName": S3BucketName})
    start_recorders(config)
    return Name


# Clears moto's cached lists of resource types, which may lack the added types.
for cached in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
    cached.cache_clear()


def create_stack(account, region, name, template):
    """Creates a stack. Raises ValueError for an unknown resource type, which moto would ignore."""
    for logical_id, resource in json.loads(template)["Resources"].items():
        if resource["Type"] not in parsing.get_model_map():
            raise ValueError(f"the sandbox cannot create {logical_id}: {resource['Type']}")
    stack = get_backend("cloudformation")[account][region].create_stack(name=name, template=template, parameters={})
    return {"status": stack.status}
