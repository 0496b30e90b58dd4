import type { Plugin } from 'esbuild';

const eventStreams = '@smithy/core/event-streams';
const namespace = 'no-event-streams';

const contents = `
const refuse = () => { throw new Error('this bundle leaves out event streams, which no operation that it calls answers with'); };
export const EventStreamSerde = refuse;
export const eventStreamSerdeProvider = refuse;
export const resolveEventStreamSerdeConfig = (config) => config;
`;

/**
 * Replaces the AWS SDK's reading of event streams, which it loads when an operation answers with one, by an error that says so. No
 * operation of a guard does. What it brings along is not only text to be parsed at every cold start: it loads `node:zlib` too.
 */
export const noEventStreams: Plugin = {
  name: 'no-event-streams',
  setup: (build) => {
    build.onResolve({ filter: new RegExp(`^${eventStreams}$`) }, ({ path }) => ({ path, namespace }));
    build.onLoad({ filter: /.*/, namespace }, () => ({ contents, loader: 'js' }));
  },
};
