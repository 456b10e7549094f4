/**
 * The SDK's timeouts for connecting (10 s) and for silence on a connection (a server that hangs, a router that dropped it). By
 * default it waits forever. After a timeout it retries, up to the client's number of attempts.
 *
 * @param silence milliseconds without a byte. Default: 70,000, more than the 60 s that SageMaker gives a model to answer
 */
export function awsTimeouts(silence = 70_000) {
  return { requestHandler: { connectionTimeout: 10_000, socketTimeout: silence } };
}
