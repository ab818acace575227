CREATE TABLE "resource_hooks" (
	"resource_id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"before" text,
	"after" text,
	"timeout_seconds" integer NOT NULL,
	"owed_by_job" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "resource_hooks_timeout_check" CHECK ("resource_hooks"."timeout_seconds" between 1 and 3600)
);
--> statement-breakpoint
ALTER TABLE "resource_hooks" ADD CONSTRAINT "resource_hooks_resource_id_resources_id_fk" FOREIGN KEY ("resource_id") REFERENCES "public"."resources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resource_hooks" ADD CONSTRAINT "resource_hooks_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;