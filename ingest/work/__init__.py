"""Processes that can be stopped, continued and killed, and the sandbox in which one file is read.

Documents are hostile, so what parses, recognises and embeds them runs in worker processes. This package starts them,
talks to them, watches what they use and ends them. A worker is given the dotted name of its entry: nothing here imports
a reader, the OCR or the embedder.

Lowest first; a module imports only from modules above it:

    signals.py         stop, continue and kill a process group; the kernel's help in ending one
    cgroup.py          a scope of the user's systemd, where there is one
    priority.py        enter the background class: scheduler, nice, input and output, autogroup
    landlock.py        confine this process to the files that it needs
    seccomp.py         take sockets, and leaving the group, away from this process
    scratch.py         private temporary folders that outlive nobody
    channel.py         frames between owner, warden and worker; files handed over beside them
    usage.py           processor time, memory and state of a process group
    limits.py          what a worker may use, and the judge of that
    worker_process.py  the worker process
    worker.py          `Worker`, its owner's side
    warden_process.py  the warden process
    warden.py          `Warden`, its owner's side
    pool.py            several workers of one kind behind one call
    members.py         the records that reading one file yields, made from what an untrusted reader says
    merge.py           OCR's answer and a text layer become one page
    outlet.py          what was read of one file, in order; how a document ended
    recognition.py     pages that are pictures, read by several OCR workers
    reading.py         one file, from the first message of its reader to the last
    extracted.py       one file as `assistant extract` prints it
    sandbox.py         readers and OCR workers for many files; `read_files` for `assistant extract`
    drawing.py         one page as pixels, for a person to look at

The life of the processes: the owner starts the warden in a session of its own; the warden starts workers, each the
leader of a process group in that session.

    who is killed   what ends the others
    owner           the warden's standard input ends: it kills the groups, reaps them and exits
    warden          each worker's lifeline, a pipe held by the warden, ends: the kernel signals the worker's whole group;
                    a group that is stopped is also orphaned, and gets SIGHUP and SIGCONT from the kernel
    worker          the warden kills what is left of its group

The owner sends SIGSTOP, SIGCONT and SIGKILL itself, because a process of the background class takes up to a second to
react on a busy machine. So that it never signals a process id that has been given to somebody else, the warden reaps a
worker only when its owner says so.
"""
