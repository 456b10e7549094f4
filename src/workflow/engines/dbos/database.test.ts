import { describe, expect, it } from "vitest";
import { databaseUrlOf } from "./database.js";

describe("the URL of the database", () => {
  it.each([
    "postgres://me:secret@db.example:5432/segue",
    "postgresql://localhost/segue",
    "postgres:///segue?host=/var/run/postgresql",
    "postgres://localhost/segue?sslmode=require",
  ])("is taken as it is: %s", (url) => {
    expect(databaseUrlOf(url)).toBe(url);
  });

  it.each(["nonsense", "localhost:5432", "http://localhost/segue", "postgres://me:x@db:port/segue"])(
    "is refused as misuse where it is none: %s",
    (url) => {
      expect(() => databaseUrlOf(url)).toThrow(
        expect.objectContaining({
          message: expect.stringContaining("the database is no URL of a Postgres database"),
          hint: expect.stringContaining("postgres://user:password@host:5432/segue"),
          exitCode: 2,
        }),
      );
    },
  );

  it("keeps a password out of the message", () => {
    expect(() => databaseUrlOf("mysql://me:secret@db/segue")).toThrow(/mysql:\/\/me:…@db/);
    expect(() => databaseUrlOf("postgres://me:sec/r@et@db/segue")).toThrow(/"postgres:\/\/me:…@db\/segue"/);
  });
});
