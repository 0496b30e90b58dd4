export { baseline, compiled, liveRules, permissions, rule, type BaselineNotation } from './notation.js';
export { FAULTS, SimulatedEc2, type Fault } from './simulated-ec2.js';
