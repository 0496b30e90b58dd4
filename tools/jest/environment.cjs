// On Node 20, every client of the AWS SDK warns that SDK versions of 2027 will need Node 22.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
