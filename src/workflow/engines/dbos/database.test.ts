import { describe, expect, it } from "vitest";
import { databaseError, databaseUrlOf } from "./database.js";

describe("the URL of the database", () => {
  it.each([
    "postgres://me:secret@db.example:5432/segue",
    "postgresql://localhost/segue",
    "postgres:///segue?host=/var/run/postgresql",
    "postgres://localhost/segue?sslmode=require",
  ])("is accepted: %s", (url) => {
    expect(databaseUrlOf(url)).toBe(url);
  });

  it.each(["nonsense", "localhost:5432", "http://localhost/segue", "postgres://me:x@db:port/segue"])(
    "is refused as misuse if invalid: %s",
    (url) => {
      expect(() => databaseUrlOf(url)).toThrow(
        expect.objectContaining({
          message: expect.stringContaining("the database is not a Postgres URL"),
          hint: expect.stringContaining("postgres://user:password@host:5432/segue"),
          exitCode: 2,
        }),
      );
    },
  );

  it("keeps a password out of the message", () => {
    expect(() => databaseUrlOf("mysql://me:secret@db/segue")).toThrow(/mysql:\/\/me:…@db/);
    expect(() => databaseUrlOf("postgres:me:secret@db/segue")).toThrow(/"postgres:…@db\/segue"/);
    expect(() => databaseUrlOf("host=db user=me password=secret")).toThrow(/"host=db user=me password=…"/);
    expect(() => databaseUrlOf("postgres://me:sec/r@et@db/segue")).toThrow(/"postgres:\/\/me:…@db\/segue"/);
  });

  it("keeps a password after the host out of the message, too", () => {
    const url = "postgres://db/segue?user=me&password=s%40cret&sslmode=require";
    expect(databaseError(new Error("no"), url).message).toBe(
      "cannot use the database at postgres://db/segue?user=me&password=…&sslmode=require: no",
    );
  });
});

describe("an error of the database", () => {
  const refused = (code: string, message: string) =>
    databaseError(
      new Error("Failed to initialize", { cause: Object.assign(new Error(message), { code }) }),
      "postgres://db/segue",
    );

  it.each([
    ["28P01", "check the user and the password"],
    ["3D000", "create it with createdb"],
    ["42501", "its user needs the right"],
    ["53300", "raise max_connections"],
    ["ECONNREFUSED", "is it running"],
  ])("comes with a hint, even if wrapped by DBOS: %s", (code, hint) => {
    expect(refused(code, "x").hint).toContain(hint);
  });

  it("comes with one if DBOS has kept the message alone", () => {
    const said =
      "Failed to initialize workflow executor: remaining connection slots are reserved for superusers";
    expect(databaseError(new Error(said), "postgres://db/segue").hint).toContain("raise max_connections");
  });
});
