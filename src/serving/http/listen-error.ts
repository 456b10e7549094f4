/** Explains why an address cannot be listened on. */
import { SegueError } from "../../system/index.js";

/** An error that has nothing to do with the address is returned unchanged. */
export function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const addresses =
    "use --host 127.0.0.1, 0.0.0.0 for all addresses, or an IPv6 address without brackets, such as ::1";
  const reasons: Readonly<Record<string, [message: string, hint: string]>> = {
    EADDRINUSE: [
      `port ${port} on ${host} is in use`,
      "choose another with --port, or --port 0 for any free one",
    ],
    EACCES: [`port ${port} may not be opened by this user`, "choose one above 1023 with --port"],
    EADDRNOTAVAIL: [`${host} is not an address of this machine`, addresses],
    // Such as a link-local IPv6 address without its interface.
    EINVAL: [`${host} is not an address to listen on`, addresses],
    ENOTFOUND: [`the host name ${host} is not known`, addresses],
  };
  const reason = reasons[error.code ?? ""];
  if (reason === undefined) return error;
  return new SegueError(reason[0], { hint: reason[1], code: error.code, cause: error });
}
