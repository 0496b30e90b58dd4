/** What EC2's describe calls take. */

/**
 * A filter takes 200 values.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
export const MAX_FILTER_VALUES = 200;

/** Source: EC2 API reference, DescribeSecurityGroups and DescribeSecurityGroupRules: MaxResults of 5 to 1000. */
export const MAX_RESULTS = 1000;
