import { Route, Router } from "@solidjs/router";
import { lazy } from "solid-js";

const SignInPage = lazy(() =>
  import("./feature/session/sign-in-page.tsx").then((m) => ({ default: m.SignInPage })),
);
const SetupPage = lazy(() =>
  import("./feature/session/setup-page.tsx").then((m) => ({ default: m.SetupPage })),
);
const Frame = lazy(() => import("./feature/layout/frame.tsx").then((m) => ({ default: m.Frame })));
const HomePage = lazy(() => import("./feature/layout/home-page.tsx").then((m) => ({ default: m.HomePage })));
const NotFoundPage = lazy(() =>
  import("./feature/layout/not-found-page.tsx").then((m) => ({ default: m.NotFoundPage })),
);
const ResourcesPage = lazy(() =>
  import("./feature/resources/resources-page.tsx").then((m) => ({ default: m.ResourcesPage })),
);
const ProjectSettingsPage = lazy(() =>
  import("./feature/projects/project-settings-page.tsx").then((m) => ({ default: m.ProjectSettingsPage })),
);
const ResourcePage = lazy(() =>
  import("./feature/resources/resource-page.tsx").then((m) => ({ default: m.ResourcePage })),
);
const BackupsTab = lazy(() =>
  import("./feature/backups/backups-tab.tsx").then((m) => ({ default: m.BackupsTab })),
);
const BrowseTab = lazy(() =>
  import("./feature/buckets/browse-tab.tsx").then((m) => ({ default: m.BrowseTab })),
);
const ScheduleTab = lazy(() =>
  import("./feature/schedules/schedule-tab.tsx").then((m) => ({ default: m.ScheduleTab })),
);
const ActivityTab = lazy(() =>
  import("./feature/jobs/activity-tab.tsx").then((m) => ({ default: m.ActivityTab })),
);
const SettingsTab = lazy(() =>
  import("./feature/resources/settings-tab.tsx").then((m) => ({ default: m.SettingsTab })),
);
const ActivityPage = lazy(() =>
  import("./feature/jobs/activity-page.tsx").then((m) => ({ default: m.ActivityPage })),
);
const JobPage = lazy(() => import("./feature/jobs/job-page.tsx").then((m) => ({ default: m.JobPage })));
const ServersPage = lazy(() =>
  import("./feature/servers/servers-page.tsx").then((m) => ({ default: m.ServersPage })),
);
const StoresPage = lazy(() =>
  import("./feature/stores/stores-page.tsx").then((m) => ({ default: m.StoresPage })),
);
const OrganizationPage = lazy(() =>
  import("./feature/organization/organization-page.tsx").then((m) => ({ default: m.OrganizationPage })),
);
const AccountTab = lazy(() =>
  import("./feature/organization/account-tab.tsx").then((m) => ({ default: m.AccountTab })),
);
const EncryptionTab = lazy(() =>
  import("./feature/encryption/encryption-tab.tsx").then((m) => ({ default: m.EncryptionTab })),
);
const ApiKeysTab = lazy(() =>
  import("./feature/organization/api-keys-tab.tsx").then((m) => ({ default: m.ApiKeysTab })),
);
const AuditTab = lazy(() =>
  import("./feature/organization/audit-tab.tsx").then((m) => ({ default: m.AuditTab })),
);

/** Every address of the panel. Pages load when they are first opened. */
export function Routes() {
  return (
    <Router>
      <Route path="/sign-in" component={SignInPage} />
      <Route path="/setup" component={SetupPage} />
      <Route path="/" component={Frame}>
        <Route path="/" component={HomePage} />
        <Route path="/projects/:projectId" component={ResourcesPage} />
        <Route path="/projects/:projectId/settings" component={ProjectSettingsPage} />
        <Route path="/projects/:projectId/resources/:resourceId" component={ResourcePage}>
          <Route path="/" component={BackupsTab} />
          <Route path="/browse" component={BrowseTab} />
          <Route path="/schedule" component={ScheduleTab} />
          <Route path="/activity" component={ActivityTab} />
          <Route path="/settings" component={SettingsTab} />
        </Route>
        <Route path="/activity" component={ActivityPage} />
        <Route path="/activity/:jobId" component={JobPage} />
        <Route path="/servers" component={ServersPage} />
        <Route path="/stores" component={StoresPage} />
        <Route path="/organization" component={OrganizationPage}>
          <Route path="/" component={AccountTab} />
          <Route path="/encryption" component={EncryptionTab} />
          <Route path="/keys" component={ApiKeysTab} />
          <Route path="/audit" component={AuditTab} />
        </Route>
        <Route path="*rest" component={NotFoundPage} />
      </Route>
    </Router>
  );
}
