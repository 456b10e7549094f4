/** "knnK" and "knn_k" as a flag: "knn-k". */
export function flagName(parameter: string): string {
  return parameter
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}
