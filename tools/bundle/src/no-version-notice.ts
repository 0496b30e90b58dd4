import type { Plugin } from 'esbuild';

const notice = /[\\/]@aws-sdk[\\/]core[\\/]dist-es[\\/]submodules[\\/]client[\\/]emitWarningIfUnsupportedVersion\.js$/;

/**
 * Leaves out the AWS SDK's notice that its later versions will want a newer Node.js. It is for those who update the SDK; a bundle carries
 * the one version it was tested with, and its log is read by somebody else.
 */
export const noVersionNotice: Plugin = {
  name: 'no-version-notice',
  setup: (build) => {
    build.onLoad({ filter: notice }, () => ({
      contents: 'export const state = { warningEmitted: true };\nexport const emitWarningIfUnsupportedVersion = () => {};\n',
      loader: 'js',
    }));
  },
};
