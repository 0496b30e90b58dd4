export { baseline, liveRules, permissions, rule } from './notation.js';
export { FAULTS, SimulatedEc2, type Fault } from './simulated-ec2.js';
