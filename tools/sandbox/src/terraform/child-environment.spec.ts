import { withoutSettingsOfOthers } from './child-environment.js';

describe('the environment of Terraform', () => {
  it.each([
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_PROFILE',
    'AWS_ENDPOINT_URL_S3', // outweighs the endpoint of all services
    'TF_CLI_ARGS_apply',
    'TF_WORKSPACE',
    'TF_DATA_DIR',
    'CDKTF_OUTDIR',
    'TERRAFORM_BINARY_NAME',
    'PORTCULLIS_SETTINGS',
  ])('has nothing of %s', (name) => {
    expect(withoutSettingsOfOthers({ [name]: 'theirs' })).toEqual({});
  });

  it('keeps what programs need', () => {
    const env = { PATH: '/bin', HOME: '/home/a', TMPDIR: '/tmp', HTTPS_PROXY: 'http://proxy' };

    expect(withoutSettingsOfOthers(env)).toEqual(env);
  });
});
