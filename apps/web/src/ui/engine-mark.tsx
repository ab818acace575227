/** Marks of our own, one stroke weight, nobody's logo: what the thing is, not who makes it. */
const MARKS: Readonly<Record<string, string>> = {
  // A cylinder of records with an index beside it.
  postgres:
    "M10 5.5c3.6 0 6-1 6-2.25S13.6 1 10 1 4 2 4 3.25s2.4 2.25 6 2.25ZM4 3.25v13.5C4 18 6.4 19 10 19s6-1 6-2.25V3.25M4 10c0 1.25 2.4 2.25 6 2.25S16 11.25 16 10",
  // A table.
  mysql: "M2 3.5h16v13H2v-13Zm0 4.3h16M2 12.1h16M7.3 7.8v8.7",
  mariadb: "M2 3.5h16v13H2v-13Zm0 4.3h16M12.7 7.8v8.7M2 12.1h10.7",
  // A document in braces.
  mongodb:
    "M7 2C4.5 2 4.5 4 4.5 6S4 9.5 2 10c2 .5 2.5 2 2.5 4s0 4 2.5 4m6-16c2.5 0 2.5 2 2.5 4s.5 3.5 2.5 4c-2 .5-2.5 2-2.5 4s0 4-2.5 4M10 7v6",
  // A chip: data that lives in memory.
  redis: "M5 5h10v10H5V5Zm3 3h4v4H8V8ZM7.5 2v3m5-3v3m-5 10v3m5-3v3M2 7.5h3m-3 5h3m10-5h3m-3 5h3",
  minio: "M3 5.5h14l-1.7 12H4.7L3 5.5Zm-1-2.5h16v2.5H2V3Zm5.5 6 .4 5m4.6-5-.4 5",
  s3: "M3 5.5h14l-1.7 12H4.7L3 5.5Zm-1-2.5h16v2.5H2V3Zm4 6.5h8",
  files: "M2 16.5v-13h5.5l2 2.5H18v10.5H2ZM2 8.5h16",
  other: "M10 1.8 17.2 6v8L10 18.2 2.8 14V6L10 1.8ZM2.8 6l7.2 4.2L17.2 6M10 10.2v8",
};

/** A quiet square with the engine's mark; its name stands beside it in words. */
export function EngineMark(props: { engine: string; size?: "small" | "large" }) {
  const box = () => (props.size === "large" ? "size-10 rounded-lg" : "size-8 rounded-md");
  return (
    <span
      class={`inline-grid shrink-0 place-items-center border border-line bg-sunken ${box()}`}
      aria-hidden="true"
    >
      <svg
        viewBox="0 0 20 20"
        width={props.size === "large" ? 20 : 16}
        height={props.size === "large" ? 20 : 16}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linejoin="round"
        stroke-linecap="round"
        aria-hidden="true"
      >
        <path d={MARKS[props.engine] ?? MARKS.other} />
      </svg>
    </span>
  );
}
