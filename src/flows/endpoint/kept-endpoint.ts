/** Says where an endpoint that was left running is, and how to stop it. */
export type KeptEndpoint =
  | { readonly target: "local"; readonly url: string; readonly pid: number }
  | { readonly target: "sagemaker"; readonly endpoint: string };

export function keptEndpoint(kept: KeptEndpoint): string {
  if (kept.target === "local") return `${kept.url} (stop it: kill ${kept.pid})`;
  const { endpoint } = kept;
  return `${endpoint} on SageMaker, which costs money (stop it: aws sagemaker delete-endpoint --endpoint-name ${endpoint})`;
}
