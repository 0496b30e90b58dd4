import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
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

export const iamResources = { aws_iam_role: role, aws_iam_role_policy: rolePolicy };
