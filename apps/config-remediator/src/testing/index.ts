/** What `tools/bench` plays: nothing else may depend on an app. */
export { play, schedules, type Exploration, type Schedule } from './envelope.js';
