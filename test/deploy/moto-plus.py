"""A moto server that can deploy the stack of this repository: prints its port, ends with its standard input.

Beside what moto 5.2.1 has, it adds:
  * loopback only, one request at a time: moto's backends are not thread-safe and lose writes in its threaded server;
  * the CloudFormation types of the stack that moto lacks. It leaves such types out silently, so a type that is new in the
    stack fails the deploy test until it has a model here;
  * the time of the last update of a stack;
  * no Docker: moto would start it for each record that is put into a stream with an event source mapping.

moto finds models as direct subclasses of CloudFormationModel when the first request comes: defining them is enough.
"""

import json
import logging
import os
import socket
import sys
import threading
import uuid

listener = socket.create_server(("127.0.0.1", 0))
PORT = listener.getsockname()[1]
os.environ["MOTO_PORT"] = str(PORT)  # before moto is imported

from moto.awslambda.models import LambdaBackend
from moto.cloudformation.models import Stack
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.common_models import CloudFormationModel
from moto.core.utils import utcnow
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.wafv2.models import wafv2_backends
from werkzeug.serving import make_server

# moto takes the second word of a model's module for its service, and fails without one.
MODULE = "turnout.models"


class Model:
    """What all models share: `identity` is what Ref gives, `attributes` what Fn::GetAtt gives."""

    cfn_type = ""
    name_property = ""

    def __init__(self, identity, attributes):
        self.identity = identity
        self.attributes = attributes

    @classmethod
    def cloudformation_type(cls):
        return cls.cfn_type

    @classmethod
    def cloudformation_name_type(cls):
        return cls.name_property

    @property
    def physical_resource_id(self):
        return self.identity

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    def get_cfn_attribute(self, attribute_name):
        return self.attributes[attribute_name]

    def is_created(self):
        return True

    def delete(self, account_id, region_name):
        pass

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, *args, **kwargs):
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, *args, **kwargs):
        pass


class GlobalTable(Model, CloudFormationModel):
    """TableV2. Protection against deletion and TTL are those of the table; further replicas are ignored."""

    __module__ = MODULE
    cfn_type = "AWS::DynamoDB::GlobalTable"
    name_property = "TableName"

    @classmethod
    def create_from_cloudformation_json(cls, name, resource, account_id, region_name, **kwargs):
        properties = dict(resource["Properties"])
        replica = properties.pop("Replicas")[0]
        properties["DeletionProtectionEnabled"] = replica.get("DeletionProtectionEnabled", False)
        table = Table.create_from_cloudformation_json(name, {"Properties": properties}, account_id, region_name)
        if properties.get("TimeToLiveSpecification"):
            backend = dynamodb_backends[account_id][region_name]
            backend.update_time_to_live(table.name, properties["TimeToLiveSpecification"])
        attributes = {"Arn": table.table_arn}
        if properties.get("StreamSpecification"):
            attributes["StreamArn"] = f"{table.table_arn}/stream/{table.latest_stream_label}"
        return cls(table.name, attributes)

    def delete(self, account_id, region_name):
        dynamodb_backends[account_id][region_name].delete_table(self.identity)


class IpSet(Model, CloudFormationModel):
    """Names are unique, as in WAF. An update writes the addresses of the template back: that is what must not happen."""

    __module__ = MODULE
    cfn_type = "AWS::WAFv2::IPSet"
    name_property = "Name"

    @classmethod
    def create_from_cloudformation_json(cls, name, resource, account_id, region_name, **kwargs):
        properties = resource["Properties"]
        backend = wafv2_backends[account_id]["global"]
        if any(one.name == name for one in backend.ip_sets.values()):
            raise ValueError(f"WAFDuplicateItemException: there is an IP set {name}")
        made = backend.create_ip_set(
            name,
            properties["Scope"],
            properties.get("Description"),
            properties["IPAddressVersion"],
            properties["Addresses"],
            properties.get("Tags", []),
        )
        return cls(f"{made.name}|{made.ip_set_id}|{made.scope}", {"Arn": made.arn, "Id": made.ip_set_id})

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        backend = wafv2_backends[account_id]["global"]
        made = backend.ip_sets[original_resource.attributes["Arn"]]
        properties = cloudformation_json["Properties"]
        made.update(properties.get("Description"), properties["Addresses"])
        return original_resource

    def delete(self, account_id, region_name):
        wafv2_backends[account_id]["global"].ip_sets.pop(self.attributes["Arn"])


class RuleGroup(Model, CloudFormationModel):
    __module__ = MODULE
    cfn_type = "AWS::WAFv2::RuleGroup"
    name_property = "Name"

    @classmethod
    def create_from_cloudformation_json(cls, name, resource, account_id, region_name, **kwargs):
        properties = resource["Properties"]
        made = wafv2_backends[account_id]["global"].create_rule_group(
            name,
            properties["Scope"],
            properties["Capacity"],
            properties.get("Description"),
            properties["Rules"],
            properties["VisibilityConfig"],
            properties.get("Tags", []),
            properties.get("CustomResponseBodies"),
        )
        return cls(f"{made.name}|{made.id}|{made.scope}", {"Arn": made.arn, "Id": made.id})

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        backend = wafv2_backends[account_id]["global"]
        made = backend.rule_groups[original_resource.attributes["Arn"]]
        properties = cloudformation_json["Properties"]
        backend.update_rule_group(
            made.name,
            made.scope,
            made.id,
            properties.get("Description"),
            properties["Rules"],
            properties["VisibilityConfig"],
            made.lock_token,
            properties.get("CustomResponseBodies"),
        )
        return original_resource

    def delete(self, account_id, region_name):
        wafv2_backends[account_id]["global"].rule_groups.pop(self.attributes["Arn"])


class Secret(Model, CloudFormationModel):
    __module__ = MODULE
    cfn_type = "AWS::SecretsManager::Secret"
    name_property = "Name"

    @classmethod
    def create_from_cloudformation_json(cls, name, resource, account_id, region_name, **kwargs):
        properties = resource["Properties"]
        generate = properties["GenerateSecretString"]
        backend = secretsmanager_backends[account_id][region_name]
        answer = backend.get_random_password(
            password_length=int(generate["PasswordLength"]),
            exclude_characters="",
            exclude_numbers=False,
            exclude_punctuation=bool(generate.get("ExcludePunctuation")),
            exclude_uppercase=False,
            exclude_lowercase=False,
            include_space=False,
            require_each_included_type=True,
        )
        short = backend.create_secret(
            name=name,
            secret_string=json.loads(answer)["RandomPassword"],
            secret_binary=None,
            description=properties.get("Description"),
            tags=[],
            kms_key_id=None,
            client_request_token=str(uuid.uuid4()),
            replica_regions=[],
            force_overwrite=False,
        )
        return cls(json.loads(short)["ARN"], {})

    def delete(self, account_id, region_name):
        secretsmanager_backends[account_id][region_name].delete_secret(self.identity, None, True)


class Alarm(Model, CloudFormationModel):
    """What is measured is left to the template tests: here, whom an alarm tells."""

    __module__ = MODULE
    cfn_type = "AWS::CloudWatch::Alarm"
    name_property = "AlarmName"

    @classmethod
    def create_from_cloudformation_json(cls, name, resource, account_id, region_name, **kwargs):
        properties = resource["Properties"]
        made = cloudwatch_backends[account_id][region_name].put_metric_alarm(
            name,
            properties.get("Namespace"),
            properties.get("MetricName"),
            properties["ComparisonOperator"],
            int(properties["EvaluationPeriods"]),
            int(properties.get("Period", 0)),
            float(properties["Threshold"]),
            properties.get("Statistic"),
            properties.get("AlarmDescription"),
            properties.get("Dimensions", []),
            properties.get("AlarmActions", []),
            ok_actions=properties.get("OKActions", []),
            treat_missing_data=properties.get("TreatMissingData"),
        )
        return cls(name, {"Arn": made.alarm_arn})

    def delete(self, account_id, region_name):
        cloudwatch_backends[account_id][region_name].delete_alarms([self.identity])


class TopicPolicy(Model, CloudFormationModel):
    __module__ = MODULE
    cfn_type = "AWS::SNS::TopicPolicy"

    @classmethod
    def create_from_cloudformation_json(cls, name, resource, account_id, region_name, **kwargs):
        properties = resource["Properties"]
        for arn in properties["Topics"]:
            topic = sns_backends[account_id][region_name].get_topic(arn)
            topic.policy = json.dumps(properties["PolicyDocument"])
        return cls(name, {})


def stub(cfn_type, arn, name_property, ref, attribute="Arn"):
    """A resource with an identity and no behaviour. `ref` says what Ref gives: name or arn."""

    def create(cls, name, resource, account_id, region_name, **kwargs):
        identity = {"name": name, "arn": arn.format(account=account_id, region=region_name, name=name)}
        return cls(identity[ref], {attribute: identity["arn"]})

    body = {
        "__module__": MODULE,
        "cfn_type": cfn_type,
        "name_property": name_property,
        "create_from_cloudformation_json": classmethod(create),
    }
    return type(cfn_type.replace("::", ""), (Model, CloudFormationModel), body)


STUBS = [  # in a list, because moto sees only classes that are still alive
    stub(
        "AWS::CloudFront::RealtimeLogConfig", "arn:aws:cloudfront::{account}:realtime-log-config/{name}", "Name", "arn"
    ),
    stub("AWS::Lambda::Url", "https://{name}.lambda-url.{region}.on.aws/", "", "arn", "FunctionUrl"),
    stub("AWS::ApiGatewayV2::Api", "https://{name}.execute-api.{region}.amazonaws.com", "", "name", "ApiEndpoint"),
    stub("AWS::ApiGatewayV2::Integration", "{name}", "", "name"),
    stub("AWS::ApiGatewayV2::Route", "{name}", "", "name"),
    stub("AWS::ApiGatewayV2::Stage", "{name}", "", "name"),
]

update_stack = Stack.update


def update_with_time(self, *args, **kwargs):
    """As CloudFormation: DescribeStacks has LastUpdatedTime once a stack was updated, from when that began."""
    self.last_updated_time = utcnow()
    update_stack(self, *args, **kwargs)


Stack.update = update_with_time
LambdaBackend.send_kinesis_message = lambda self, *args, **kwargs: None


def end_with_input():
    """Whoever started this server holds the other end: it is gone, so is the server."""
    sys.stdin.read()
    os._exit(0)


logging.getLogger("werkzeug").setLevel(logging.ERROR)
threading.Thread(target=end_with_input, daemon=True).start()
app = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", PORT, app, threaded=False, fd=listener.fileno())
print(PORT, flush=True)
server.serve_forever()
