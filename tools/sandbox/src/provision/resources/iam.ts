import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListPolicyVersionsCommand,
  paginateListAttachedRolePolicies,
  paginateListPolicies,
  type IAMClient,
  type Policy,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { differencesOf, given, resourceType, unlessAbsent } from '../resource-type.js';

/** The error IAM answers when there is no such role or policy. */
const absent = 'NoSuchEntityException';

// IAM answers documents URL-encoded. Source: IAM API reference, data type Role.
const document = (encoded: string | undefined): unknown => JSON.parse(decodeURIComponent(encoded ?? 'null'));

const role = resourceType({
  read: (args) => ({
    name: args.text('name'),
    description: args.optionalText('description'),
    assumeRolePolicy: args.json('assume_role_policy'),
  }),
  attributes: ['arn', 'id', 'unique_id'],
  find: async (args, { clients: { iam } }) => {
    const answer = await unlessAbsent(iam.send(new GetRoleCommand({ RoleName: args.name })), absent);
    if (answer?.Role === undefined) return undefined;
    const { Arn, RoleId, Description, AssumeRolePolicyDocument } = answer.Role;
    return {
      attributes: { arn: given(Arn, 'Arn'), id: args.name, unique_id: given(RoleId, 'RoleId') },
      differences: differencesOf(args, {
        name: args.name,
        description: Description,
        assumeRolePolicy: document(AssumeRolePolicyDocument),
      }),
    };
  },
  create: async ({ name, description, assumeRolePolicy }, { clients: { iam } }) => {
    await iam.send(
      new CreateRoleCommand({
        RoleName: name,
        Description: description,
        AssumeRolePolicyDocument: JSON.stringify(assumeRolePolicy),
      }),
    );
  },
  change: async ({ name, description, assumeRolePolicy }, { clients: { iam } }) => {
    await iam.send(
      new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: JSON.stringify(assumeRolePolicy) }),
    );
    await iam.send(new UpdateRoleCommand({ RoleName: name, Description: description }));
  },
  remove: async ({ name }, { clients: { iam } }) => {
    await iam.send(new DeleteRoleCommand({ RoleName: name }));
  },
});

const rolePolicy = resourceType({
  read: (args) => ({ name: args.text('name'), role: args.text('role'), policy: args.json('policy') }),
  attributes: ['id'],
  find: async (args, { clients: { iam } }) => {
    const get = new GetRolePolicyCommand({ RoleName: args.role, PolicyName: args.name });
    const answer = await unlessAbsent(iam.send(get), absent);
    if (answer === undefined) return undefined;
    const actual = { name: args.name, role: args.role, policy: document(answer.PolicyDocument) };
    return { attributes: { id: `${args.role}:${args.name}` }, differences: differencesOf(args, actual) };
  },
  create: async ({ name, role: roleName, policy }, { clients: { iam } }) => {
    const PolicyDocument = JSON.stringify(policy);
    await iam.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName: name, PolicyDocument }));
  },
  remove: async ({ name, role: roleName }, { clients: { iam } }) => {
    await iam.send(new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName: name }));
  },
});

/** Looks through the account's own policies: only an ARN would name one directly. */
const policyNamed = async (client: IAMClient, name: string): Promise<Policy | undefined> => {
  for await (const { Policies = [] } of paginateListPolicies({ client }, { Scope: 'Local' })) {
    const found = Policies.find(({ PolicyName }) => PolicyName === name);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The ARN of a policy whose other versions are deleted: IAM keeps five, and deletes none that is not asked for. */
const withoutOldVersions = async (client: IAMClient, name: string): Promise<string> => {
  const PolicyArn = given((await policyNamed(client, name))?.Arn, 'Arn');
  const { Versions = [] } = await client.send(new ListPolicyVersionsCommand({ PolicyArn }));
  for (const { VersionId, IsDefaultVersion } of Versions)
    if (IsDefaultVersion !== true) await client.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
  return PolicyArn;
};

const managedPolicy = resourceType({
  read: (args) => ({
    name: args.text('name'),
    description: args.optionalText('description'),
    policy: args.json('policy'),
  }),
  attributes: ['arn', 'id'],
  find: async (args, { clients: { iam } }) => {
    const found = await policyNamed(iam, args.name);
    if (found === undefined) return undefined;
    const { Arn: PolicyArn, DefaultVersionId: VersionId } = found;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    const arn = given(PolicyArn, 'Arn');
    // A list does not say the description, which cannot be changed. Source: IAM API reference, ListPolicies.
    const { name, description } = args;
    const differences = differencesOf(args, { name, description, policy: document(PolicyVersion?.Document) });
    return { attributes: { arn, id: arn }, differences };
  },
  create: async ({ name, description, policy }, { clients: { iam } }) => {
    const PolicyDocument = JSON.stringify(policy);
    await iam.send(new CreatePolicyCommand({ PolicyName: name, Description: description, PolicyDocument }));
  },
  change: async ({ name, policy }, { clients: { iam } }) => {
    const PolicyArn = await withoutOldVersions(iam, name);
    const PolicyDocument = JSON.stringify(policy);
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
  },
  remove: async ({ name }, { clients: { iam } }) => {
    await iam.send(new DeletePolicyCommand({ PolicyArn: await withoutOldVersions(iam, name) }));
  },
});

const attachedTo = async (client: IAMClient, RoleName: string): Promise<readonly (string | undefined)[]> => {
  const arns: (string | undefined)[] = [];
  for await (const { AttachedPolicies = [] } of paginateListAttachedRolePolicies({ client }, { RoleName }))
    arns.push(...AttachedPolicies.map(({ PolicyArn }) => PolicyArn));
  return arns;
};

const attachedPolicy = resourceType({
  read: (args) => ({ RoleName: args.text('role'), PolicyArn: args.text('policy_arn') }),
  attributes: ['id'],
  find: async ({ RoleName, PolicyArn }, { clients: { iam } }) => {
    const arns = (await unlessAbsent(attachedTo(iam, RoleName), absent)) ?? [];
    return arns.includes(PolicyArn) ? { attributes: { id: `${RoleName}/${PolicyArn}` }, differences: [] } : undefined;
  },
  create: async (args, { clients: { iam } }) => {
    await iam.send(new AttachRolePolicyCommand(args));
  },
  remove: async (args, { clients: { iam } }) => {
    await iam.send(new DetachRolePolicyCommand(args));
  },
});

export const iamResources = {
  aws_iam_role: role,
  aws_iam_role_policy: rolePolicy,
  aws_iam_policy: managedPolicy,
  aws_iam_role_policy_attachment: attachedPolicy,
};
