/**
 * How long the SDK waits, which by itself it does forever: for a connection, and for the next byte on one that has gone silent (a
 * server that hangs, a router that forgot the connection). It then tries again, as often as its client says.
 *
 * @param silence milliseconds. Default 70 s, more than the 60 s that SageMaker gives a model to answer
 */
export function awsTimeouts(silence = 70_000) {
  return { requestHandler: { connectionTimeout: 10_000, socketTimeout: silence } };
}
