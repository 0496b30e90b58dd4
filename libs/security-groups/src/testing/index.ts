export { baseline, liveRules, permissions, rule } from './notation.js';
export { SimulatedEc2 } from './simulated-ec2.js';
