/** Whose credentials are used: as the AWS CLI decides, which is not how the SDK does. */
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { fromIni } from '@aws-sdk/credential-provider-ini';

export interface ChosenCredentials {
  readonly profile?: string;
  readonly credentials?: ReturnType<typeof fromIni> | ReturnType<typeof fromEnv>;
}

/**
 * A profile that is named on the command line beats keys in the environment; those beat a profile that the environment names. With neither it is as the SDK finds
 * them. Source: AWS CLI user guide, "Configuration settings and precedence".
 */
export function chosenCredentials(profile: string | undefined, env: Readonly<Record<string, string | undefined>>): ChosenCredentials {
  if (profile !== undefined) return { profile, credentials: fromIni({ profile }) };
  const inEnvironment = env.AWS_PROFILE ?? env.AWS_DEFAULT_PROFILE ?? '';
  const ofProfile = inEnvironment === '' ? {} : { profile: inEnvironment };
  if ((env.AWS_ACCESS_KEY_ID ?? '') !== '' && (env.AWS_SECRET_ACCESS_KEY ?? '') !== '') return { ...ofProfile, credentials: fromEnv() };
  return inEnvironment === '' ? {} : { ...ofProfile, credentials: fromIni(ofProfile) };
}
