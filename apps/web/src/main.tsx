import { render } from "solid-js/web";
import "./app.css";
import { ApiProvider } from "./platform/api.tsx";
import { TextProvider } from "./platform/text.tsx";
import { Routes } from "./routes.tsx";
import { Toasts } from "./ui/toast.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");

render(
  () => (
    <TextProvider>
      <ApiProvider>
        <Routes />
        <Toasts />
      </ApiProvider>
    </TextProvider>
  ),
  root,
);
