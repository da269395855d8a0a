/**
 * Collation weights, frozen: written once by tools/make-collation-table.ts from ICU 78.3 (Unicode 17.0), never by hand and never
 * again for this version of the format. How to read them: collation.ts.
 */
export const COLLATION_TABLE = {
  /** `codePoint[+codePoint]=element,…[!combiningRank]`, an element being `primary.secondary.tertiary`; numbers in base 36. */
  elements: `
0= 1= 2= 3= 4= 5= 6= 7= 8= 9=3 a=4 b=5 c=6 d=7 e= f= g= h= i= j= k= l= m= n= o= p= q= r= s= t= u= v= w=9 x=k y=s z=19 10=1q 11=1a 12=17 13=q 14=u 15=v
16=12 17=1g 18=f 19=d 1a=o 1b=14 1c=1s 1d=1t 1e=1u 1f=1v 1g=1w 1h=1x 1i=1y 1j=1z 1k=20 1l=21 1m=j 1n=h 1o=1i 1p=1j 1q=1k 1r=m 1s=11 1t=23..o 1u=25..o
1v=27..o 1w=29..w 1x=2b..w 1y=2d..o 1z=2f..w 20=2h..w 21=2j..w 22=2l..o 23=2n..o 24=2p..w 24+53=2p..8,.17 25=2r..o 26=2t..o 27=2v..w 28=2x..o 29=2z..g
2a=31..o 2b=33..o 2c=35..o 2d=37..o 2e=39..o 2f=3b..o 2g=3d..o 2h=3f..g 2i=3h..o 2j=w 2k=15 2l=x 2m=1e 2n=b 2o=1c 2p=23 2q=25 2r=27 2s=29 2t=2b 2u=2d
2v=2f 2w=2h 2x=2j 2y=2l 2z=2n 30=2p 30+53=2p,.17 31=2r 32=2t 33=2v 34=2x 35=2z 36=31 37=33 38=35 39=37 3a=39 3b=3b 3c=3d 3d=3f 3e=3h 3f=y 3g=1m 3h=z
3i=1o 3j= 3k= 3l= 3m= 3n= 3o= 3p=1kx 3q= 3r= 3s= 3t= 3u= 3v= 3w= 3x= 3y= 3z= 40= 41= 42= 43= 44= 45= 46= 47= 48= 49= 4a= 4b= 4c= 4d= 4e= 4f= 4g=9..g
4h=45d 4i=c7l 4j=cg1 4k=c7k 4l=cg2 4m=bnl 4n=74x 4o=a2s 4p=a4p 4q=23..14 4r=5q9 4s=b9d 4t= 4u=a4q 4v=a2p 4w=a4n 4x=agx 4y=1u..g 4z=1v..g 50=9oh
51=oyb..8 52=74z 53=4xv 54=a2v 55=1t..g 56=2v..1c 57=5qa 58=1t..s,c1y,1w..o 59=1t..s,c1y,1u..o 5a=1v..s,c1y,1w..o 5b=4jl 5i=23..8,.17,2b 5s=29..8,.17
5z=agz 60=2v..w,.f 66=owh..8 67=33,.17,33 6e=23,.17,2b 6o=29,.17 6v=agy 6w=2v,.f 72=owh 7k=29..c,.n 7l=29,.n 86=2h..c,.n 87=2h,.n 8h=i69
8i=2j..1g,2l..w 8j=2j..k,2l..8 8o=lc6 8v=2p..8,.17 8w=2p,.17 8x=2p..c,.n 8y=2p,.n 95=ox5..4,2t..1s 96=k5p..8 97=k5p 9e=2v..8,.17,2b 9f=2v,.17,2b
9y=miq..8 9z=miq an=33,.17 ao=feq ap=few..8 aq=fex..8 ar=fex as=ox1..8 at=ox1 au=kjx..8 av=ft1..8 aw=ft1 ax=g7a..8 ay=g7b..8 az=g7d..8 b0=g7d
b1=3h..g,3b..g b2=glk..8 b3=glm..g b4=glo..8 b5=gzq..8 b6=gzq b7=hdz..8 b8=he3..8 b9=hs2 ba=i6i..8 bb=i6e..8 bc=iyr..8 bd=iyr be=jd1 bf=jdg bg=mxe..8
bh=k5h..8 bi=k5i bj=kk7..8 bm=he4..8 bn=he4 bo=kxy..8 bp=kxy bq=lqa..g br=owz..8 bs=owz bt=m4r..g bu=m4v bv=mit bw=miu..8 bx=miu by=miv..8 c1=mxi..8
c2=nb8..8 c3=ohv..8 c4=ohv c5=ow2..8 c6=ow2 c7=owb..8 c8=owd..8 c9=owd ca=owf cb=owv cc=ox0..8 cd=ox0 ce=35..g,33..g cf=owl cg=oxl ch=oxm ci=oxn cj=oxo
ck=29..1g,3h..w,.8 cl=29..1g,3h..g,.8 cm=29..k,3h..g,.8 cn=2p..1g,2l..w co=2p..1g,2l..8 cp=2p..k,2l..8 cq=2t..11,2l..1k cr=2t..10,2l..1k cs=2t..k,2l..8
d9=glk dg=hdx..8 dh=hdx dt=29..1g,3h..w du=29..1c,3h..g dv=29..g,3h..g dy=hs2..8 dz=owl..8 f0=ohy..8 f1=ohy f4=k5i..8 f5=g7e f6=kkb..8 f7=kkb f8=ow5..8
f9=ow5 fo=jdb fp=k5m fq=miw fr=ikh fs=29..g,25..g ft=2z..c,2x..1s fu=f0i..8 fv=fsy..8 fw=fsy fx=jd1..8 fy=mir..8 fz=m4n g0=ow8 g1=ox3..8 g2=ox3
g3=feq..8 g4=mx4..8 g5=nbc..8 g6=glg..8 g7=glg g8=ikj..8 g9=ikj ga=lc5..8 gb=lc5 gc=lqd..8 gd=lqd ge=ohu..8 gf=ohu gg=f0o gh=f0p gi=f0s gj=few gk=kjx
gl=ft2 gm=g7a gn=g7b go=glq gp=glm gq=glr gr=glo gs=gls gt=glv gu=glw gv=ikl gw=hdz gx=hdu gy=hdw gz=he3 h0=gly h1=mxb h2=hs4 h3=hs9 h4=i6e h5=i6i
h6=i6a h7=jd3 h8=jd6 h9=jd9 ha=jdd hb=mxe hc=mxh hd=jr8 he=k5h hf=k5l hg=k5d hh=kk7 hi=kjo hj=kk9 hk=ky2 hl=lqf hm=lqh hn=lqi ho=lql hp=lqm hq=lqo
hr=lqq hs=lqa ht=lqw hu=m4m hv=m4r hw=ikm hx=m4w hy=m4x hz=miy i0=miv i1=mx4 i2=mxi i3=nb8 i4=nbc i5=npf i6=jdh i7=oht i8=ow6 i9=ow7 ia=owb ib=owg
ic=ox2 id=oxb ie=oxk if=oxp ig=oxq ih=fep ii=glx ij=he0 ik=hs1 il=ikk im=iyw in=jcx io=lc4 ip=oxi iq=oxj ir=29..g,3h..g is=29..k,owb it=29..k,ow7
iu=35..g,33..g iv=35..g,m4r..8 iw=35..k,ft2 ix=2d..k,k5p iy=2p..g,33..g iz=2p..g,3h..g j0=oxr j1=oxs j2=mxc j3=mxd j4=2h..1k j5=hs4..g j6=2l..14
j7=31..1c j8=lqf..8 j9=lqi..8 ja=lqw..8 jb=3b..14 jc=3f..w jd=a30 je=a32 jf=hsa jg=ox5 jh=hsb ji=ox7 jj=oxd jk=ox4 jl=oxe jm=a33 jn=a34 jo=a35 jp=a36
jq=a37 jr=a38 js=a39 jt=a3a ju=a3b jv=a3c jw=a3d jx=a3e jy=a3f jz=a3g k0=c7i k1=c7j k2=a3h k3=a3i k4=a3j k5=a3k k6=a3n k7=a3o k8=a2q k9=a2r ka=a2t
kb=a2w kc=9oi kd=a2u ke=a3p kf=a3q kg=he3..g kh=2p..1s ki=33..14 kj=3d..1c kk=oxb..8 kl=a3r km=a3s kn=a3t ko=a3u kp=a3v kq=a3w kr=a3x ks=a3y kt=a3z
ku=ox6 kv=a40 kw=a41 kx=a42 ky=a43 kz=a44 l0=a45 l1=a46 l2=a47 l3=a48 l4=a49 l5=a4a l6=a4b l7=a4c l8=a4d l9=a4e la=a4f lb=a4g lc=.5!8 ld=.4!8 le=.7!8
lf=.d!8 lg=.i!8 lh=.o!8 li=.6!8 lj=.e!8 lk=.b!8 ll=.p!8 lm=.9!8 ln=.c!8 lo=.8!8 lp=.j!8 lq=.j!8 lr=.q!8 ls=.r!8 lt=.s!8 lu=.j!8 lv=.2!8 lw=.3!8 lx=.j!9
ly=.k!6 lz=.k!6 m0=.k!6 m1=.k!6 m2=.j!9 m3=.t!4 m4=.k!6 m5=.k!6 m6=.k!6 m7=.k!6 m8=.k!6 m9=.u!2 ma=.v!2 mb=.w!6 mc=.x!6 md=.y!6 me=.z!6 mf=.g!2 mg=.h!2
mh=.k!6 mi=.k!6 mj=.k!6 mk=.k!6 ml=.10!6 mm=.11!6 mn=.k!6 mo=.12!6 mp=.13!6 mq=.1!6 mr=.k!6 ms=.14!1 mt=.n!1 mu=.l!1 mv=.l!1 mw=.f!1 mx=.15!6 my=.k!6
mz=.k!6 n0=.k!6 n1=.j!8 n2=.j!8 n3=.j!8 n6=.a!8 n9=.16!c na=.j!8 nb=.k!6 nc=.k!6 nd=.k!6 ne=.j!8 nf=.j!8 ng=.j!8 nh=.k!6 ni=.k!6 nj= nk=.j!8 nl=.j!8
nm=.j!8 nn=.k!6 no=.k!6 np=.k!6 nq=.k!6 nr=.j!8 nt=.k!6 nu=.k!6 nv=.j!8 nw=.k!a nx=.j!b ny=.j!b nz=.k!a o2=.k!a o3=23..g!8 o4=2b..g!8 o5=2j..g!8
o6=2v..g!8 o7=37..g!8 o8=27..g!8 o9=29..g!8 oa=2h..g!8 ob=2r..g!8 oc=31..g!8 od=35..g!8 oe=39..g!8 of=3d..g!8 og=oy3..8 oh=oy3 oi=oz0..8 oj=oz0 ol=a31
om=oy0..8 on=oy0 oq=oy6..8 or=oyp os=oyo ot=oyq ov=oy7..8 p0=9oh pd=oxt..8 pe=oxu..g pf=oxv..g pg=oxx..8 ph=oxy..g pi=oy2..8 pj=oy4..8 pk=oy5..g
pl=oy6..g pm=oy8..g pn=oy9..8 po=oyb..g pp=oyc..8 pq=oyd..8 pr=oye..8 ps=oyf..o pt=oyk..g pv=oyn..g pw=oyr..8 px=oys..8 py=oyt..g pz=oyu..8 q0=oyv..8
q1=oyx..8 q9=oxt qa=oxu qb=oxv qc=oxx qd=oxy qe=oy2 qf=oy4 qg=oy5 qh=oy6 qi=oy8 qj=oy9 qk=oyb ql=oyc qm=oyd qn=oye qo=oyf qp=oyk qq=oyn..w qr=oyn
qs=oyr qt=oys qu=oyt qv=oyu qw=oyv qx=oyx r3=oy8..k,oxt..8,oy6..g r4=oxu..8 r5=oy5..8 r6=oys..g r9=oyt..8 ra=oyf..8 rb=oy8..c,oxt,oy6..g rc=oyj..8
rd=oyj re=oy1..8 rf=oy1 rg=oxz..8 rh=oxz ri=oyi..8 rj=oyi rk=oyz..8 rl=oyz rm=oz2..8 rn=oz2 ro=oz3..8 rp=oz3 rq=oz4..8 rr=oz4 rs=oz5..8 rt=oz5
ru=oz6..8 rv=oz6 rw=oz7..8 rx=oz7 ry=oz8..8 rz=oz8 s0=oy8..8 s1=oyk..8 s2=oyn..8 s3=oy7 s4=oy5..o s5=oxy..8 s6=a8m s7=oz1..8 s8=oz1 s9=oyn..o sa=oyh..8
sb=oyh sc=oym sd=oyp..8 se=oyo..8 sf=oyq..8 si=ozm..8 sk=ozr..g sl=p01..8 sm=p09..8 so=p0c..8 sp=p0s..8 sq=p16..8 sr=p1q..8 sv=p2n..8 sw=oz9..g
sx=ozc..g sy=ozd..g sz=oze..g t0=ozj..g t1=ozq..g t2=ozs..g t3=ozw..g t4=p07..g t4+li=p0b..8 t6=p0e..g t7=p0m..g t8=p0w..g t9=p0z..g ta=p18..g
tb=p1a..g tc=p1e..g td=p1h..g te=p1k..g tf=p1r..g tg=p1w..g th=p1x..g ti=p29..g tj=p2e..g tk=p2o..g tl=p2q..g tm=p2u..g tn=p2w..g to=p2x..g tp=p31..8
tq=p32..g tr=p36..8 ts=oz9 tt=ozc tu=ozd tv=oze tw=ozj tx=ozq ty=ozs tz=ozw u0=p07 u0+li=p0b u2=p0e u3=p0m u4=p0w u5=p0z u6=p18 u7=p1a u8=p1e u9=p1h
ua=p1k ub=p1r uc=p1w ud=p1x ue=p29 uf=p2e ug=p2o uh=p2q ui=p2u uj=p2w uk=p2x ul=p31 um=p32 un=p36 uq=ozm us=ozr ut=p01 uu=p09 uw=p0c ux=p0s uy=p16
uz=p1q v3=p2n v4=p24..g v5=p24 v6=p2z..g v7=p2z v8=p38..g v9=p38 va=p39..g vb=p39 vc=p3d..8 vd=p3d ve=p3b..g vf=p3b vg=p3f..g vh=p3f vi=p3g..8 vj=p3g
vk=p3h..8 vl=p3h vm=p3i..g vn=p3i vo=p3j..8 vp=p3j vs=p1v..8 vt=p1v vu=p28..8 vv=p28 vw=p27..8 vx=p27 vy=p25..8 vz=p25 w0=p1d..8 w1=p1d w2=a4o w4=.j!8
w5=.3!8 w6=.2!8 w7=.j!8 w8= w9= wa=p08..8 wb=p08 wc=p2y..8 wd=p2y we=p1f..8 wf=p1f wg=oze..8,.17 wh=oze,.17 wi=ozf..8 wj=ozf wk=ozh..8 wl=ozh wm=ozv..8
wn=ozv wo=ozp..8 wp=ozp wq=p0f..8 wr=p0f ws=p0j..8 wt=p0j wu=p0i..8 wv=p0i ww=p0h..8 wx=p0h wy=p12..8 wz=p12 x0=p15..8 x1=p15 x2=p1c..8 x3=p1c
x4=p3l..8 x5=p3l x6=p1j..8 x7=p1j x8=p1o..8 x9=p1o xa=p1s..8 xb=p1s xc=p1t..8 xd=p1t xe=p20..8 xf=p20 xg=p2c..8 xh=p2c xi=p2h..8 xj=p2h xk=p2j..8
xl=p2j xm=p21..8 xn=p21 xo=p2l..8 xp=p2l xq=p2m..8 xr=p2m xs=p3n..8 xv=p0g..8 xw=p0g xx=p0o..8 xy=p0o xz=p13..8 y0=p13 y1=p11..8 y2=p11 y3=p2i..8
y4=p2i y5=p0x..8 y6=p0x y7=p3n yc=ozb..8 yd=ozb yg=oza..8 yh=oza yo=p03..8 yp=p03 yw=p19..8 yx=p19 za=ozi..8 zb=ozi ze=ozg..8 zf=ozg zg=p1y..8 zh=p1y
zi=p1z..8 zj=p1z zk=ozk..8 zl=ozk zm=ozo..8 zn=ozo zo=ozy..8 zp=ozy zq=p05..8 zr=p05 zs=p0u..8 zt=p0u zu=p17..8 zv=p17 zw=p1i..8 zx=p1i zy=p1n..8
zz=p1n 100=ozz..8 101=ozz 102=p0q..8 103=p0q 104=p0v..8 105=p0v 106=p1g..8 107=p1g 108=p37..8 109=p37 10a=p0l..8 10b=p0l 10c=p3m..8 10d=p3m 10e=p0k..8
10f=p0k 10g=p0r..8 10h=p0r 10i=p14..8 10j=p14 10k=p1b..8 10l=p1b 10m=p22..8 10n=p22 10o=p10..8 10p=p10 10q=ozt..8 10r=ozt 10s=p2f..8 10t=p2f 10u=p0p..8
10v=p0p 5mo=ozd..8 5mp=ozj..8 5mq=p18..8 5mr=p1h..8 5ms=p1k..8 5mt=p1k..8 5mu=p2u..8 5mv=p2z..8 5mw=p1u..8 5mx=p1m..8 5my=p1m 5q8=f0h 5q9=f0l 5qa=f0m
5qb=fes 5qc=fsx 5qd=g75 5qe=g76 5qf=gld 5qg=glu 5qh=i6d 5qi=iki 5qj=iyp 5qk=jcz 5ql=jr5 5qm=k5f 5qn=kjl 5qo=kjy 5qp=kjm 5qq=kjz 5qr=kjv 5qs=kjp 5qt=kkc
5qu=kk4 5qv=kk5 5qw=kxt 5qx=lqc 5qy=lqg 5qz=mip 5r0=mwx 5r1=mwz 5r2=mx0 5r3=mxg 5r4=nb5 5r5=npd 5r6=ow1 5r7=owc 5r8=oxf 5r9=oxg 5ra=oxw 5rb=oya 5rc=oyg
5rd=oyl 5re=oyw 5rf=p0n 5rg=23..1k 5rh=23..g,.17,2b 5ri=25..1k 5rj=fer 5rk=29..20 5rl=2b..20 5rm=glk..g 5rn=2f..1k 5ro=2h..20 5rp=2j..28 5rq=2l..1k
5rr=2n..1k 5rs=2p..28 5rt=2r..20 5ru=2t..1s 5rv=k5e 5rw=2v..1s 5rx=kkb..g 5ry=2x..1s 5rz=31..1s 5s0=35..1k 5s1=37..1k 5s2=3b..1c 5s3=23..14 5s4=f0o..g
5s5=f0p..o 5s6=f0m..8 5s7=25..1c 5s8=29..1s 5s9=2b..1k 5sa=glm..o 5sb=glo..o 5sc=glu..8 5sd=2f..1c 5se=i6d..8 5sf=2n..14 5sg=2r..1k 5sh=k5p..g
5si=2v..1c 5sj=kjx..g 5sk=kk4..8 5sl=kk5..8 5sm=2x..1c 5sn=35..14 5so=37..14 5sp=mwz..8 5sq=mxe..g 5sr=39..1c 5ss=oxg..8 5st=oxu..o 5su=oxv..w
5sv=oxx..g 5sw=oyt..o 5sx=oyu..g 5sy=2j..20 5sz=31..1k 5t0=37..1c 5t1=39..1k 5t2=oxu..w 5t3=oxv..14 5t4=oyk..o 5t5=oyt..w 5t6=oyu..o 5t7=mx1 5t8=fet
5t9=g78 5ta=gzo 5tb=jr6 5tc=k5g 5td=kxw 5te=lqe 5tf=lqp 5tg=m4k 5th=mis 5ti=ow3 5tj=he1 5tk=p0z..o 5tl=2f,.17 5tm=35,.17,2h 5tn=i6f 5to=i6j 5tp=kxu
5tq=mx7 5tr=mxj 5ts=fev 5tt=g79 5tu=gzp 5tv=hdy 5tw=iyq 5tx=jd8 5ty=jr7 5tz=k5k 5u0=kxx 5u1=lqk 5u2=m4l 5u3=m4t 5u4=nb7 5u5=o3l 5u6=ow4 5u7=f0j 5u8=f0r
5u9=g7c 5ua=glh 5ub=glp 5uc=glt 5ud=gln 5ue=i6g 5uf=kk1 5ug=m4u 5uh=mx8 5ui=owe 5uj=f0s..g 5uk=27..1k 5ul=ft2..8 5um=29..g,.17 5un=gls..g 5uo=2d..1c
5up=ikl..8 5uq=hdu..g 5ur=mxb..g 5us=i6e..g 5ut=i6i..g 5uu=i6a..g 5uv=i6f..8 5uw=ikk..g 5ux=jd9..8 5uy=jd8..8 5uz=jcx..g 5v0=jr8..g 5v1=mxh..8
5v2=k5h..g 5v3=k5l..8 5v4=k5d..g 5v5=kk7..g 5v6=ky2..8 5v7=m4m..g 5v8=m4r..o 5v9=mit..8 5va=mx4..g 5vb=mxi..g 5vc=mwx..8 5vd=nb8..g 5ve=nbc..g
5vf=3h..1c 5vg=ow6..8 5vh=ow7..8 5vi=owb..g 5vj=oy5..w 5vk=.j!8 5vl=.j!8 5vm=.k!6 5vn=.j!8 5vo=.j!8 5vp=.j!8 5vq=.j!8 5vr=.j!8 5vs=.j!8 5vt=.j!8
5vu=31..g!6 5vv=.j!8 5vw=.j!8 5vx=.j!b 5vy=.j!3 5vz=.k!6 5w0=.k!2 5w1=.j!8 5w2=owt..8!8 5w3=23,.17!8 5w4=23,.17,2b!8 5w5=23..g,2v..g!8
5w6=23..g,39..g!8 5w7=27..c,.g!8 5w8=29,.18!8 5w9=29,.17!8 5wa=2f..g!8 5wb=hdw..8!8 5wc=2n..g!8 5wd=2p..g!8 5we=jcx..8!8 5wf=jr5..8!8 5wg=2t..g!8
5wh=k5d..8!8 5wi=lqa..8!8 5wj=31,.18!8 5wk=33..g!8 5wl=33,.17!8 5wm=3h..g!8 5wn=f0p..8!8 5wo=25..g!8 5wp=fey..8!8 5wq=glm..8!8 5wr=2d..g!8 5ws=jd4..8!8
5wt=2v..c,.k!8 5wu=2x..g!8 5wv=m4r..8!8 5ww=37..c,.k!8 5wx=3b..g!8 5wy=23..k,.b!8 5wz=2v..k,.b!8 5x0=37..k,.b!8 5x1=.j!8 5x2=.j!9 5x3=.j!7 5x4=.j!7
5x5=.k!6 5x6=.k!5 5x7=.j!8 5x8=.k!a 5x9=.k!6 5xa=.j!8 5xb=.k!6 61m=23..k,ox7 61o=m4p 61p=m4q 61q=33..8,.17,33 61r=g7g 64a=2p..1c,2p..1c 64b=2p..g,2p..g
64c=nbb..8 64d=nbb 64e=ohw..8 64f=ohw 69p=a2x 69r=a2x 69s=a2z 6bi=a2y 6bm=9..8 6bn=9..8 6bo=9..8 6bp=9..8 6bq=9..8 6br=9..g 6bs=9..8 6bt=9..8 6bu=9..8
6bv= 6bw= 6bx= 6by= 6bz= 6c0=2rl 6c1=2rl..8 6c2=2rm 6c3=2rn 6c4=2ro 6c5=2rp 6c6=74v 6c7=2dd 6c8=q,.17 6c9=q,.18 6ca=q,.19 6cb=q,.1a 6cc=s,.17 6cd=s,.18
6ce=s,.19 6cf=s,.1a 6cg=9ab 6ch=9ac 6ci=9ah 6cj=9ai 6ck=o..g 6cl=o..g,o..g 6cm=o..g,o..g,o..g 6cn=9aj 6co=1ky 6cp=1kz 6cq= 6cr= 6cs= 6ct= 6cu= 6cv=9..g
6cw=9a9 6cx=9aa 6cy=9an 6cz=9an..4,9an 6d0=9an..4,9an,9an 6d1=9ao 6d2=9ao..4,9ao 6d3=9ao..4,9ao,9ao 6d4=9ap 6d5=5c1 6d6=5c2 6d7=9aq 6d8=k..c,k..8
6d9=4jo 6da=1z5 6db=9ar 6dc=9at 6dd=9av 6de=9aw 6df=9ak 6dg=c1y 6dh=741 6di=742 6dj=m..c,m..8 6dk=m..c,k..8 6dl=k..c,m..8 6dm=8ox 6dn=750 6do=9al
6dp=9am 6dq=7pd 6dr=3k1 6ds=9au 6dt=7pe 6du=c1u 6dv=2rs 6dw=9as 6dx=4xy 6dy=4xz 6dz=9an..4,9an,9an,9an 6e0=4y0 6e1=4y1 6e2=4y2 6e3=4y3 6e4=4y4 6e5=4y5
6e6=4y6 6e7=9..8 6e8= 6e9= 6ea= 6eb= 6ec= 6ee= 6ef= 6eg= 6eh= 6ei= 6ej= 6ek= 6el= 6em= 6en= 6eo=1s..g 6ep=2j..1s 6es=1w..g 6et=1x..g 6eu=1y..g
6ev=1z..g 6ew=20..g 6ex=21..g 6ey=1g..g 6ez=c1t..8 6f0=1j..g 6f1=u..g 6f2=v..g 6f3=2t..1c 6f4=1s..o 6f5=1t..o 6f6=1u..o 6f7=1v..o 6f8=1w..o 6f9=1x..o
6fa=1y..o 6fb=1z..o 6fc=20..o 6fd=21..o 6fe=1g..o 6ff=c1t..g 6fg=1j..o 6fh=u..o 6fi=v..o 6fk=23..1c 6fl=2b..1s 6fm=2v..1k 6fn=3d..1k 6fo=glm..w
6fp=2h..1s 6fq=2n..1c 6fr=2p..20 6fs=2r..1s 6ft=2t..1k 6fu=2x..1k 6fv=33..1c 6fw=35..1c 6g0=cg3 6g1=cg4 6g2=cg5 6g3=cg6 6g4=cg7 6g5=cg8 6g6=cg9
6g7=2x..10,35..1k,33..1k 6g8=31..10,33..1k 6g9=cga 6ga=cgb 6gb=cgc 6gc=cgd 6gd=cge 6ge=cgf 6gf=cgg 6gg=cgh 6gh=cgi 6gi=cgj 6gj=cgk 6gk=cgl 6gl=cgm
6gm=cgn 6gn=cgo 6go=cgp 6gp=cgq 6gq=cgr 6gr=cgs 6gs=cgt 6gt=cgu 6gu=cgv 6gv=cgw 6gw=cgx 6gx=cgy 6hk=.l!1 6hl=.l!1 6hm=.l!1 6hp=.m 6hq=.m 6hr=.m 6hs=.m
6hu=.m 6hv=.m 6hw=.m 6hx=.l!1 6i2=.l!1 6i3=.l!1 6i4=.k!6 6i5=.k!6 6i6=.k!6 6i7=.k!6 6i8=.j!8 6io=23..k,14..8,27..1s 6ip=23..k,14..8,33..1k 6iq=27..1c
6ir=a4n..4,27..1s 6is=a4r 6it=27..k,14..8,2v..1s 6iu=27..k,14..8,37..1k 6iv=glo..g 6iw=a4s 6ix=a4n..4,2d..1k 6iy=2f..o 6iz=2h..1c 6j0=2h..1c 6j1=2h..1c
6j2=2h..o 6j3=2h,.n 6j4=2j..1k 6j5=2j..1k 6j6=2p..1k 6j7=2p..o 6j8=a4t 6j9=2t..14 6ja=2t..10,2v..1s 6jb=a4u 6jc=a4v 6jd=2x..14 6je=2z..w 6jf=31..14
6jg=31..14 6jh=31..14 6ji=a4w 6jj=a4x 6jk=33..14,2r..1k 6jl=35..10,2b..20,2p..28 6jm=35..14,2r..1k 6jn=a4y 6jo=3h..14 6jp=a4z 6jr=a50 6js=3h..14
6jt=a51 6jw=25..14 6jx=27..1c 6jy=a52 6jz=2b..o 6k0=2b..1c 6k1=2d..14 6k2=gzr..8 6k3=2r..1c 6k4=2v..o 6k5=p3o 6k6=p3p 6k7=p3q 6k8=p3r 6k9=2j..o 6ka=a53
6kb=2d..10,23..1k,3d..1k 6kc=oyf..g 6kd=oxv..8 6ke=oxv..o 6kf=oyf..w 6kg=a8q..8 6kh=a54 6ki=a55 6kj=a56 6kk=a57 6kl=29..1k 6km=29..o 6kn=2b..o
6ko=2j..o 6kp=2l..g 6kq=a58 6kr=c5r 6ks=a59 6kt=23..10,14..8,33..1k 6ku=gzr 6kv=a5a 6kw=1t..s,c1y,1z..o 6kx=1t..s,c1y,21..o 6ky=1t..s,c1y,1t..o,1s..o
6kz=1t..s,c1y,1v..o 6l0=1u..s,c1y,1v..o 6l1=1t..s,c1y,1x..o 6l2=1u..s,c1y,1x..o 6l3=1v..s,c1y,1x..o 6l4=1w..s,c1y,1x..o 6l5=1t..s,c1y,1y..o
6l6=1x..s,c1y,1y..o 6l7=1t..s,c1y,20..o 6l8=1v..s,c1y,20..o 6l9=1x..s,c1y,20..o 6la=1z..s,c1y,20..o 6lb=1t..s,c1y 6lc=2j..1c 6ld=2j..1c,2j..1c
6le=2j..1c,2j..1c,2j..1c 6lf=2j..1c,39..14 6lg=39..14 6lh=39..14,2j..1c 6li=39..14,2j..1c,2j..1c 6lj=39..14,2j..1c,2j..1c,2j..1c 6lk=2j..1c,3d..14
6ll=3d..14 6lm=3d..14,2j..1c 6ln=3d..14,2j..1c,2j..1c 6lo=2p..1c 6lp=27..14 6lq=29..1c 6lr=2r..14 6ls=2j..g 6lt=2j..g,2j..g 6lu=2j..g,2j..g,2j..g
6lv=2j..g,39..g 6lw=39..g 6lx=39..g,2j..g 6ly=39..g,2j..g,2j..g 6lz=39..g,2j..g,2j..g,2j..g 6m0=2j..g,3d..g 6m1=3d..g 6m2=3d..g,2j..g
6m3=3d..g,2j..g,2j..g 6m4=2p..g 6m5=27..g 6m6=29..g 6m7=2r..g 6m8=em9 6m9=ema 6ma=emb 6mb=ft3..8 6mc=ft3 6md=1y 6me=emc 6mf=emd 6mg=eme
6mh=1s..s,c1y,1v..o 6mi=a5b 6mj=a5c 6mo=a5d 6mp=a5f 6mq=a5e 6mr=a5g 6ms=a5h 6mt=a5i 6mu=a5j 6mv=a5k 6mw=a5l 6mx=a5m 6n0=a5n 6n1=a5o 6n2=a5p 6n3=a5q
6n4=a5r 6n5=a5s 6n6=a5t 6n7=a5u 6n8=a5v 6n9=a5w 6na=a5x 6nb=a5y 6nc=a5z 6nd=a60 6ne=a61 6nf=a62 6ng=a63 6nh=a64 6nj=a65 6nk=a66 6nl=a67 6nm=a68 6nn=a69
6no=a6a 6np=a6b 6nq=a6c 6nr=a6d 6ns=a6e 6nt=a6f 6nu=a6g 6nv=a6h 6nw=a6i 6nx=a6j 6ny=a6k 6nz=a6l 6o0=a6m 6o1=a6n 6o2=a6o 6o3=a6p 6o4=a6q 6o5=a6r 6o6=a6s
6o7=a6t 6o8=a6u 6o9=a6v 6oa=a6w 6ob=a6x 6oc=a6y 6og=a6z 6oh=a70 6oi=a71 6oj=a72 6ok=a73 6ol=a74 6om=a75 6on=a76 6oo=a77 6op=a78 6oq=a79 6or=a7a 6os=a7b
6ot=a7c 6ou=a7d 6ov=a7e 6ow=a7f 6ox=a7g 6oy=a7h 6oz=a7i 6p0=a7j 6p1=a7k 6p2=a7l 6p3=a7m 6p4=a7n 6p5=a7o 6p6=a7p 6p7=a7q 6p8=a7r 6p9=a7s 6pa=a7t 6pb=a7u
6pc=a7v 6pd=a7w 6pe=a7x 6pf=a7y 6pg=a7z 6ph=a80 6pi=a81 6pj=a82 6pk=a83 6pl=a84 6pm=a85 6pn=a86 6po=a87 6pp=a88 6pq=a89 6pr=a8a 6ps=a8b 6pt=a8c 6pu=a8d
6pv=a8e 6px=a8f 6py=a8g 6pz=a8h 6q0=a8i 6q2=a8j 6q3=a8k 6q5=a8l 6q6=a8n 6q7=a8o 6q8=a8p 6q9=a8q 6qa=c1t 6qb=c1v 6qc=c1w 6qd=c1x 6qe=c1z 6qf=c20 6qg=c21
6qh=c22 6qi=c23 6qj=c24 6qk=c25 6ql=c26 6qm=c27 6qn=c28 6qo=c29 6qp=c2a 6qq=c2b 6qr=c2c 6qt=c2d 6qv=c2e 6qw=c2f 6qx=c2g 6qy=c2h 6qz=c2i 6r0=c2i..4,c2i
6r1=c2i..4,c2i,c2i 6r2=c2j 6r3=c2j..4,c2j 6r4=c2j..4,c2j,c2j 6r5=c2k 6r6=c2l 6r7=c2m 6r8=c2n 6r9=c2o 6ra=c2p 6rb=c2q 6rc=c2r 6rd=c2s 6re=c2t 6rf=c2u
6rg=c2v 6rh=c2w 6ri=c2x 6rj=c2y 6rk=c2z 6rm=c30 6rn=c31 6rp=c32 6rq=c33 6rs=c34 6ru=c35 6rv=c36 6rw=c37 6rx=c38 6ry=c39 6rz=c3a 6s0=c3b 6s1=c3c 6s2=c3d
6s3=c3e 6s4=c3f 6s5=c3g 6s6=c3h 6s7=c3i 6s8=c3j 6s9=c3k 6sa=c3l 6sb=c3m 6sc=c3n 6sd=c3o 6se=c3p 6sf=c3q 6sh=c3r 6sj=c3s 6sk=c3t 6sl=c3u 6sm=c3v 6sn=c3w
6so=c3x 6sp=c3y 6sq=c3z 6sr=c40 6ss=c41 6sy=c42 6sz=c43 6t2=c44 6t3=c45 6t6=c46 6t7=c47 6t8=c48 6t9=c49 6ta=c4a 6tb=c4b 6te=c4c 6tf=c4d 6ti=c4e 6tj=c4f
6tm=c4g 6tn=c4h 6to=c4i 6tp=c4j 6tq=c4k 6tr=c4l 6ts=c4m 6tt=c4n 6tu=c4o 6tv=c4p 6tw=c4q 6tx=c4r 6ty=c4s 6tz=c4t 6u0=c4u 6u1=c4v 6u2=c4w 6u3=c4x 6u4=c4y
6u5=c4z 6u6=c50 6u7=c51 6u8=c52 6u9=c53 6ua=c54 6ub=c55 6uc=c56 6ud=c57 6ue=c58 6uf=c59 6ug=c5a 6uh=c5b 6ui=c5c 6uj=c5d 6uo=c5e 6up=c5f 6uq=c5g 6ur=c5h
6us=c5i 6ut=c5j 6uu=c5k 6uv=c5l 6uw=c5m 6ux=c5n 6uy=c5o 6uz=c5p 6v0=c5q 6v1=c5s 6v2=c5t 6v3=c5u 6v4=c5v 6v5=c5w 6v6=c5x 6v7=c5y 6v8=c5z 6v9=c60 6va=c61
6vb=c62 6vc=c63 6vd=c64 6ve=c65 6vf=c66 6vg=c67 6vh=c68 6vi=c69 6vj=c6a 6vk=c6b 6vl=c6c 6vm=c6d 6vn=c6e 6vo=c6f 6vp=c6g 6vq=c6h 6vr=c6i 6vs=c6j 6vt=c6k
6vu=c6l 6vv=c6m 6vw=c6n 6vx=c6o 6vy=c6p 6vz=c6q 6w4=c6r 6w5=c6s 6w6=c6t 6w7=c6u 6w8=c6v 6w9=c6w 6we=c6x 6wf=c6y 6wg=c6z 6wh=c70 6wi=c71 6wj=c72 6wk=c73
6wl=c74 6wm=c75 6wn=c76 6wo=c77 6wp=c78 6wq=c79 6wr=c7a 6ws=c7b 6wt=c7c 6wu=c7d 6wv=c7e 8rk=jd2..8 8rl=jd2 8rm=jd3..8 8rn=kxu..8 8ro=lqm..8 8rp=f0i
8rq=mir 8rr=hs5..8 8rs=hs5 8rt=iys..8 8ru=iys 8rv=ow9..8 8rw=ow9 8rx=f0p..g 8ry=jr8..8 8rz=f0o..8 8s0=f0s..8 8s1=nb9 8s2=npe..8 8s3=npe 8s4=nba
8s5=hs6..8 8s6=hs6 8s7=ky3 8s8=glj 8s9=lqj 8sa=kk6 8sb=gll 8sc=2l..1c 8sd=39..1s 8se=m4n..8 8sf=ow8..8 928=ozc..8!8 929=ozd..8!8 92a=oze..8!8
92b=ozj..8!8 92c=ozs..8!8 92d=ozw..8!8 92e=p0e..8!8 92f=p0m..8!8 92g=p0w..8!8 92h=p0z..8!8 92i=p18..8!8 92j=p1a..8!8 92k=p1e..8!8 92l=p1h..8!8
92m=p1k..8!8 92n=p1x..8!8 92o=p29..8!8 92p=p2e..8!8 92q=p2o..8!8 92r=p2q..8!8 92s=p3i..8!8 92t=p1h..8,p1k..8!8 92u=oz9..8!8 92v=ozq..8!8 92w=p0d..8!8
92x=p1u..8!8 92y=p2z..8!8 92z=p32..8!8 930=p35..8!8 931=p39..8!8 932=p3b..8!8 933=p3f..8!8 934=9ax 935=9ay 936=743 937=744 938=745 939=746 93a=9az
93b=9b0 93c=9b1 93d=747 93e=748 93f=9b2 93g=749 93h=74a 93i=9b3 93j=9b4 93k=9b5 93l=9b6 93m=9b7 93n=9b8 93o=9b9 93p=9ba 93q=9bb 93r=2ru 93s=4jp 93t=4yc
93u=9bc 93v=9bd 93w=74b 93x=74c 93y=9be 93z=9bf 940=74d 941=74e 942=74f 943=74g 944=74h 945=74i 946=74j 947=74k 948=74l 949=74m 94a=4y7 94b=4y8 94c=4y9
94d=4ya 94e=4jm 94f=p2s 94g=4xt 94h=4xw 94i=35u 94j=4xx 94k=35t 94l=3k2 94m=9ad 94n=9ae 94o=9af 94p=74y 94q=2rq 94r=2rr 94s=4xu 94t=4yb 94u=74w 94v=752
94w=2rv 94x=35v 94y=s,.1b 94z=2rt 950=9bg 951=9bh 952=9bi 953=9bj 954=9bk 955=3k3 956=8ap 957=9ag 958=35w 959=751 95a=35x 95b=35y 95c=c7f 95d=c7g
95e=8oy 95f=45e 95g=4jn 95h=74n 95i=74o 95j=74p 95k=74q 95l=74r 95m=74s 95n=74t 95o=74u 95p=2rw wu8=ozx..8 wu9=ozx wua=p00..8 wub=p00 wuc=p02..8
wud=p02 wue=p0a..8 wuf=p0a wug=p0d..g wuh=p0d wui=p1u..g wuj=p1u wuk=p26..8 wul=p26 wum=p2r..8 wun=p2r wuo=p2v..8 wup=p2v wuq=p30..8 wur=p30 wus=p33..8
wut=p33 wuu=p35..g wuv=p35 wuw=p3a..8 wux=p3a wuy=p3c..8 wuz=p3c wv0=p3e..8 wv1=p3e wv2=p3k..8 wv3=p3k wv4=p2a..8 wv5=p2a wv6=ozn..8 wv7=ozn wv8=p0t..8
wv9=p0t wva=p0y..8 wvb=p0y wvc=p18..o wvd=p18..8 wve=p18..o wvf=p18..8 wvg=p18..o wvh=p18..8 wvi=p18..8 wvk= wvl= wvm= wvn=7pf wvo=ozr..8!8
wvp=p07..8!8 wvq=p09..4,.b!8 wvr=p1r..8!8 wvs=p2u..8!8 wvt=p2w..8!8 wvu=p2x..8!8 wvv=p24..8!8 wvw=.j!8 wvx=.j!8 wvy=9bl wvz=p2t ww0=ozl..8 ww1=ozl
ww2=p06..8 ww3=p06 ww4=ozu..8 ww5=ozu ww6=p2k..8 ww7=p2k ww8=p04..8 ww9=p04 wwa=p1p..8 wwb=p1p wwc=p1l..8 wwd=p1l wwe=p2b..8 wwf=p2b wwg=p2d..8 wwh=p2d
wwi=p2g..8 wwj=p2g wwk=p23..8 wwl=p23 wwm=p2p..8 wwn=p2p wwo=p18..o wwp=p18..8 wwq=p18..o wwr=p18..8 wws=p2u..o wwt=p2x..o wwu=p1w..8!8 wwv=p38..8!8
x0g=a4h x0h=a4i x0i=ox8..8 x0j=ox8 x0k=oxh..8 x0l=oxh x0m=hs8..8 x0n=hs8 x0o=35..10,3h..1c x0p=35..g,3h..g x0q=oww..8 x0r=oww x0s=owx..8 x0t=owx
x0u=owy..8 x0v=owy x0w=gzl x0x=m4h x0y=23..10,23..1k x0z=23..g,23..g x10=23..10,2v..1s x11=23..g,2v..g x12=23..10,37..1k x13=23..g,37..g
x14=23..10,39..1s x15=23..g,39..g x16=23..8,.17,39 x17=23,.17,39 x18=23..10,3f..w x19=23..k,3f..8 x1a=ft4..8 x1b=ft4 x1c=iyt..8 x1d=iyt x1e=iyu..8
x1f=iyu x1g=iyv..8 x1h=iyv x1i=jcy..8 x1j=jcy x1k=jd0..8 x1l=jd0 x1m=kk8..8 x1n=kk8 x1o=kk3..8 x1p=kk3 x1q=2v..18,2v..1s x1r=2v..g,2v..g x1s=kxv..8
x1t=kxv x1u=kxz..8 x1v=kxz x1w=ky0..8 x1x=ky0 x1y=lc2..8 x1z=lc2 x20=lc3..8 x21=lc3 x22=31..8,.18 x23=31,.18 x24=lr0..8 x25=lr0 x26=nb6..8 x27=nb6
x28=39..18,3f..o x29=39..k,3f..8 x2a=owa..8 x2b=owa x2c=owj..8 x2d=owj x2e=owk..8 x2f=owk x2g=own..8 x2h=own x2i=owr..8 x2j=owr x2k=ows..8 x2l=ows
x2m=owt..g x2n=owt x2o=owt..o x2p=g7f x2q=jdc x2r=jrc x2s=k5o x2t=lqy x2u=lqz x2v=mix x2w=owu x2x=29..8,.18 x2y=29,.18 x2z=2d..8,.17 x30=2d,.17
x31=2f..8,.17 x32=he2..8 x33=he2 x34=jde..8 x35=jde x36=31..8,.17 x37=31,.17 x38=33..8,.18 x39=33,.18 x3a=35..8,.17 x3b=35,.17 x3c=a4j x3d=a4k x3e=a4l
x3f=ox9..8 x3g=ox9 x3h=mxb..8 x3i=jda x3j=oxa x3k=k5j..8 x3l=k5j x3m=fsz..8 x3n=fsz x3o=ft0 x3p=hs3 x3q=feu..8 x3r=feu x3s=gzn..8 x3t=gzn x3u=23..10,.b
x3v=23..k,.b x3w=2v..18,.b x3x=2v..k,.b x3y=37..10,.b x3z=37..k,.b x40=2f..18,.l x41=2f..c,.l x42=2n..10,.l x43=2n..c,.l x44=2t..10,.l x45=2t..c,.l
x46=31..10,.l x47=31..c,.l x48=33..10,.l x49=33..c,.l x4a=hs4..8 x4b=gls..8 x4c=hdu..8 x4d=jd6..8 x4e=i6a..8 x4f=lc1 x4g=iyw..8 x4h=miy..8 x4i=ikk..8
x4j=o3q..8 x4k=fey..g x4l=fey x4m=kka..8 x4n=kka x4o=mx6..8 x4p=mx6 x4q=f0k..8 x4r=f0k x4s=i6h..8 x4t=i6h x4u=mxa..8 x4v=mxa x4w=23..10,.h x4x=23..c,.h
x4y=3b..8,.17 x4z=3b,.17 x50=ft0..8 x51=m4m..8 x52=ow4..8 x53=g77..8 x54=g77 x55=m4i..8 x56=m4i x57=gly..8 x58=m4j..8 x59=m4j x5a=oxc..8 x5b=oxc
x5c=hdt..8 x5d=hdt x5e=owi..8 x5f=owi x5g=owm..8 x5h=owm x5i=m4o..8 x5j=m4o x5k=33..8,.19 x5l=33,.19 x5m=jdf..8 x5n=jdf x5o=jdg..8 x69=33..1k
x6a=27..1s x6b=2d..1k x6c=2z..14 x6d=hs7..8 x6e=hs7 x6f=i6c x6g=2h..1o,.n x6h=2v..g,.17,2b x6i=mxf x6j=gzs x6k=ky1 x6l=jra x6m=i6b x6n=jrb xtc=f0q
xtd=f0n xte=gle xtf=glf xtg=gli xth=gzm xti=hdv xtj=jd7 xtk=jd4 xtl=jd5 xtm=jr9 xtn=k5n xto=k5q xtp=kjn xtq=kjw xtr=kk0 xts=kjs xtt=kjq xtu=kjr xtv=kjt
xtw=kju xtx=lq9 xty=lqb xtz=lqr xu0=lqs xu1=lqn xu2=lqt xu3=lqu xu4=lqv xu5=m4s xu6=mwy xu7=mx5 xu8=mx2 xu9=mx3 xua=mx9 xub=o3q xuc=o3r xud=o3s xue=o3m
xuf=o3n xug=o3o xuh=o3p xui=ohx xuj=a4m xuk=hs8..g xul=jd7..8 xum=jd3..g xun=mx9..8 xuo=owo xup=owp xuq=kk2 xur=owq xus=f0t xut=oyy xuu=29..k,ow6
xuv=35..k,m4m xuw=lqx xux=npf..8 xuy=a3l xuz=a3m 1dkw=2d..g,2d..g 1dkx=2d..g,2j..g 1dky=2d..g,2p..g 1dkz=2d..g,2d..g,2j..g 1dl0=2d..g,2d..g,2p..g
1dl1=33,.17,35 1dl2=33..g,35..g 1e75=!8 1e77=!8 1e78=!8 1e79=!8 1e7a=!8 1e7b=.k!6 1e7c=!6 1e7e=!6 1e7f=!6 1e7g=!6 1e7h=!6 1e7j=!8 1edd=k..8 1ede=s..8
1edf=19..8 1edg=1q..8 1edh=1a..8 1edi=17..8 1edj=q..8 1edk=u..8 1edl=v..8 1edm=12..8 1edn=1g..8 1edo=f..8 1edp=d..8 1edq=o..8 1edr=14..8 1eds=1s..8
1edt=1t..8 1edu=1u..8 1edv=1v..8 1edw=1w..8 1edx=1x..8 1edy=1y..8 1edz=1z..8 1ee0=20..8 1ee1=21..8 1ee2=j..8 1ee3=h..8 1ee4=1i..8 1ee5=1j..8 1ee6=1k..8
1ee7=m..8 1ee8=11..8 1ee9=23..w 1eea=25..w 1eeb=27..w 1eec=29..14 1eed=2b..14 1eee=2d..w 1eef=2f..14 1eeg=2h..14 1eeh=2j..14 1eei=2l..w 1eej=2n..w
1eek=2p..14 1eel=2r..w 1eem=2t..w 1een=2v..14 1eeo=2x..w 1eep=2z..o 1eeq=31..w 1eer=33..w 1ees=35..w 1eet=37..w 1eeu=39..w 1eev=3b..w 1eew=3d..w
1eex=3f..o 1eey=3h..w 1eez=w..8 1ef0=15..8 1ef1=x..8 1ef2=1e..8 1ef3=b..8 1ef4=1c..8 1ef5=23..8 1ef6=25..8 1ef7=27..8 1ef8=29..8 1ef9=2b..8 1efa=2d..8
1efb=2f..8 1efc=2h..8 1efd=2j..8 1efe=2l..8 1eff=2n..8 1efg=2p..8 1efh=2r..8 1efi=2t..8 1efj=2v..8 1efk=2x..8 1efl=2z..8 1efm=31..8 1efn=33..8
1efo=35..8 1efp=37..8 1efq=39..8 1efr=3b..8 1efs=3d..8 1eft=3f..8 1efu=3h..8 1efv=y..8 1efw=1m..8 1efx=z..8 1efy=1o..8 1ekc=c7h 1ekd=p3s`,
  /** `codePoint=codePoint.codePoint…`: canonical decompositions. */
  decompositions: `
5c=1t.lc 5d=1t.ld 5e=1t.le 5f=1t.lf 5g=1t.lk 5h=1t.lm 5j=1v.mf 5k=1x.lc 5l=1x.ld 5m=1x.le 5n=1x.lk 5o=21.lc 5p=21.ld 5q=21.le 5r=21.lk 5t=26.lf
5u=27.lc 5v=27.ld 5w=27.le 5x=27.lf 5y=27.lk 61=2d.lc 62=2d.ld 63=2d.le 64=2d.lk 65=2h.ld 68=2p.lc 69=2p.ld 6a=2p.le 6b=2p.lf 6c=2p.lk 6d=2p.lm
6f=2r.mf 6g=2t.lc 6h=2t.ld 6i=2t.le 6j=2t.lk 6k=2x.lc 6l=2x.ld 6m=2x.le 6n=2x.lk 6p=32.lf 6q=33.lc 6r=33.ld 6s=33.le 6t=33.lf 6u=33.lk 6x=39.lc
6y=39.ld 6z=39.le 70=39.lk 71=3d.ld 73=3d.lk 74=1t.lg 75=2p.lg 76=1t.li 77=2p.li 78=1t.mg 79=2p.mg 7a=1v.ld 7b=2r.ld 7c=1v.le 7d=2r.le 7e=1v.lj
7f=2r.lj 7g=1v.lo 7h=2r.lo 7i=1w.lo 7j=2s.lo 7m=1x.lg 7n=2t.lg 7o=1x.li 7p=2t.li 7q=1x.lj 7r=2t.lj 7s=1x.mg 7t=2t.mg 7u=1x.lo 7v=2t.lo 7w=1z.le
7x=2v.le 7y=1z.li 7z=2v.li 80=1z.lj 81=2v.lj 82=1z.mf 83=2v.mf 84=20.le 85=2w.le 88=21.lf 89=2x.lf 8a=21.lg 8b=2x.lg 8c=21.li 8d=2x.li 8e=21.mg
8f=2x.mg 8g=21.lj 8k=22.le 8l=2y.le 8m=23.mf 8n=2z.mf 8p=24.ld 8q=30.ld 8r=24.mf 8s=30.mf 8t=24.lo 8u=30.lo 8z=26.ld 90=32.ld 91=26.mf 92=32.mf
93=26.lo 94=32.lo 98=27.lg 99=33.lg 9a=27.li 9b=33.li 9c=27.ln 9d=33.ln 9g=2a.ld 9h=36.ld 9i=2a.mf 9j=36.mf 9k=2a.lo 9l=36.lo 9m=2b.ld 9n=37.ld
9o=2b.le 9p=37.le 9q=2b.mf 9r=37.mf 9s=2b.lo 9t=37.lo 9u=2c.mf 9v=38.mf 9w=2c.lo 9x=38.lo a0=2d.lf a1=39.lf a2=2d.lg a3=39.lg a4=2d.li a5=39.li
a6=2d.lm a7=39.lm a8=2d.ln a9=39.ln aa=2d.mg ab=39.mg ac=2f.le ad=3b.le ae=2h.le af=3d.le ag=2h.lk ah=2i.ld ai=3e.ld aj=2i.lj ak=3e.lj al=2i.lo
am=3e.lo bk=27.m3 bl=33.m3 bz=2d.m3 c0=39.m3 ct=1t.lo cu=2p.lo cv=21.lo cw=2x.lo cx=27.lo cy=33.lo cz=2d.lo d0=39.lo d1=2d.lk.lg d2=39.lk.lg
d3=2d.lk.ld d4=39.lk.ld d5=2d.lk.lo d6=39.lk.lo d7=2d.lk.lc d8=39.lk.lc da=1t.lk.lg db=2p.lk.lg dc=1t.lj.lg dd=2p.lj.lg de=5i.lg df=6e.lg di=1z.lo
dj=2v.lo dk=23.lo dl=2z.lo dm=27.mg dn=33.mg do=27.mg.lg dp=33.mg.lg dq=c7.lo dr=ia.lo ds=2y.lo dw=1z.ld dx=2v.ld e0=26.lc e1=32.lc e2=1t.lm.ld
e3=2p.lm.ld e4=5i.ld e5=6e.ld e6=60.ld e7=6w.ld e8=1t.lr e9=2p.lr ea=1t.lt eb=2p.lt ec=1x.lr ed=2t.lr ee=1x.lt ef=2t.lt eg=21.lr eh=2x.lr ei=21.lt
ej=2x.lt ek=27.lr el=33.lr em=27.lt en=33.lt eo=2a.lr ep=36.lr eq=2a.lt er=36.lt es=2d.lr et=39.lr eu=2d.lt ev=39.lt ew=2b.me ex=37.me ey=2c.me
ez=38.me f2=20.lo f3=2w.lo fa=1t.lj fb=2p.lj fc=1x.mf fd=2t.mf fe=27.lk.lg ff=33.lk.lg fg=27.lf.lg fh=33.lf.lg fi=27.lj fj=33.lj fk=27.lj.lg
fl=33.lj.lg fm=2h.lg fn=3d.lg n4=lc n5=ld n7=lv n8=lk.ld ok=jd ou=1n p1=4o.ld p2=pd.ld p3=53 p4=ph.ld p5=pj.ld p6=pl.ld p8=pr.ld pa=px.ld pb=q1.ld
pc=qh.lk.ld q2=pl.lk q3=px.lk q4=q9.ld q5=qd.ld q6=qf.ld q7=qh.ld q8=qt.lk.ld qy=qh.lk qz=qt.lk r0=qn.ld r1=qt.ld r2=qx.ld r7=r6.ld r8=r6.lk sg=t1.lc
sh=t1.lk sj=sz.ld sn=sm.lk ss=t6.ld st=t4.lc su=tf.li t5=t4.li u1=u0.li uo=tx.lc up=tx.lk ur=tv.ld uv=uu.lk v0=u2.ld v1=u0.lc v2=ub.li vq=vo.lr
vr=vp.lr xt=t2.li xu=ty.li y8=sw.li y9=ts.li ya=sw.lk yb=ts.lk ye=t1.li yf=tx.li yi=yg.lk yj=yh.lk yk=t2.lk yl=ty.lk ym=t3.lk yn=tz.lk yq=t4.lg
yr=u0.lg ys=t4.lk yt=u0.lk yu=ta.lk yv=u6.lk yy=yw.lk yz=yx.lk z0=tp.lk z1=ul.lk z2=tf.lg z3=ub.lg z4=tf.lk z5=ub.lk z6=tf.ln z7=ub.ln z8=tj.lk
z9=uf.lk zc=tn.lk zd=uj.lk 5xc=1t.md 5xd=2p.md 5xe=1u.lj 5xf=2q.lj 5xg=1u.mb 5xh=2q.mb 5xi=1u.mp 5xj=2q.mp 5xk=1v.mf.ld 5xl=2r.mf.ld 5xm=1w.lj
5xn=2s.lj 5xo=1w.mb 5xp=2s.mb 5xq=1w.mp 5xr=2s.mp 5xs=1w.mf 5xt=2s.mf 5xu=1w.ml 5xv=2s.ml 5xw=1x.lg.lc 5xx=2t.lg.lc 5xy=1x.lg.ld 5xz=2t.lg.ld 5y0=1x.ml
5y1=2t.ml 5y2=1x.mo 5y3=2t.mo 5y4=1x.mf.li 5y5=2t.mf.li 5y6=1y.lj 5y7=2u.lj 5y8=1z.lg 5y9=2v.lg 5ya=20.lj 5yb=2w.lj 5yc=20.mb 5yd=2w.mb 5ye=20.lk
5yf=2w.lk 5yg=20.mf 5yh=2w.mf 5yi=20.mm 5yj=2w.mm 5yk=21.mo 5yl=2x.mo 5ym=21.lk.ld 5yn=2x.lk.ld 5yo=23.ld 5yp=2z.ld 5yq=23.mb 5yr=2z.mb 5ys=23.mp
5yt=2z.mp 5yu=24.mb 5yv=30.mb 5yw=24.mb.lg 5yx=30.mb.lg 5yy=24.mp 5yz=30.mp 5z0=24.ml 5z1=30.ml 5z2=25.ld 5z3=31.ld 5z4=25.lj 5z5=31.lj 5z6=25.mb
5z7=31.mb 5z8=26.lj 5z9=32.lj 5za=26.mb 5zb=32.mb 5zc=26.mp 5zd=32.mp 5ze=26.ml 5zf=32.ml 5zg=27.lf.ld 5zh=33.lf.ld 5zi=27.lf.lk 5zj=33.lf.lk
5zk=27.lg.lc 5zl=33.lg.lc 5zm=27.lg.ld 5zn=33.lg.ld 5zo=28.ld 5zp=34.ld 5zq=28.lj 5zr=34.lj 5zs=2a.lj 5zt=36.lj 5zu=2a.mb 5zv=36.mb 5zw=2a.mb.lg
5zx=36.mb.lg 5zy=2a.mp 5zz=36.mp 600=2b.lj 601=37.lj 602=2b.mb 603=37.mb 604=2b.ld.lj 605=37.ld.lj 606=2b.lo.lj 607=37.lo.lj 608=2b.mb.lj 609=37.mb.lj
60a=2c.lj 60b=38.lj 60c=2c.mb 60d=38.mb 60e=2c.mp 60f=38.mp 60g=2c.ml 60h=38.ml 60i=2d.mc 60j=39.mc 60k=2d.mo 60l=39.mo 60m=2d.ml 60n=39.ml
60o=2d.lf.ld 60p=39.lf.ld 60q=2d.lg.lk 60r=39.lg.lk 60s=2e.lf 60t=3a.lf 60u=2e.mb 60v=3a.mb 60w=2f.lc 60x=3b.lc 60y=2f.ld 60z=3b.ld 610=2f.lk 611=3b.lk
612=2f.lj 613=3b.lj 614=2f.mb 615=3b.mb 616=2g.lj 617=3c.lj 618=2g.lk 619=3c.lk 61a=2h.lj 61b=3d.lj 61c=2i.le 61d=3e.le 61e=2i.mb 61f=3e.mb 61g=2i.mp
61h=3e.mp 61i=2w.mp 61j=38.lk 61k=3b.lm 61l=3d.lm 61n=an.lj 61s=1t.mb 61t=2p.mb 61u=1t.ll 61v=2p.ll 61w=1t.le.ld 61x=2p.le.ld 61y=1t.le.lc 61z=2p.le.lc
620=1t.le.ll 621=2p.le.ll 622=1t.le.lf 623=2p.le.lf 624=1t.mb.le 625=2p.mb.le 626=1t.li.ld 627=2p.li.ld 628=1t.li.lc 629=2p.li.lc 62a=1t.li.ll
62b=2p.li.ll 62c=1t.li.lf 62d=2p.li.lf 62e=1t.mb.li 62f=2p.mb.li 62g=1x.mb 62h=2t.mb 62i=1x.ll 62j=2t.ll 62k=1x.lf 62l=2t.lf 62m=1x.le.ld 62n=2t.le.ld
62o=1x.le.lc 62p=2t.le.lc 62q=1x.le.ll 62r=2t.le.ll 62s=1x.le.lf 62t=2t.le.lf 62u=1x.mb.le 62v=2t.mb.le 62w=21.ll 62x=2x.ll 62y=21.mb 62z=2x.mb
630=27.mb 631=33.mb 632=27.ll 633=33.ll 634=27.le.ld 635=33.le.ld 636=27.le.lc 637=33.le.lc 638=27.le.ll 639=33.le.ll 63a=27.le.lf 63b=33.le.lf
63c=27.mb.le 63d=33.mb.le 63e=27.m3.ld 63f=33.m3.ld 63g=27.m3.lc 63h=33.m3.lc 63i=27.m3.ll 63j=33.m3.ll 63k=27.m3.lf 63l=33.m3.lf 63m=27.m3.mb
63n=33.m3.mb 63o=2d.mb 63p=39.mb 63q=2d.ll 63r=39.ll 63s=2d.m3.ld 63t=39.m3.ld 63u=2d.m3.lc 63v=39.m3.lc 63w=2d.m3.ll 63x=39.m3.ll 63y=2d.m3.lf
63z=39.m3.lf 640=2d.m3.mb 641=39.m3.mb 642=2h.lc 643=3d.lc 644=2h.mb 645=3d.mb 646=2h.ll 647=3d.ll 648=2h.lf 649=3d.lf 64g=q9.lv 64h=q9.lw 64i=q9.lv.lc
64j=q9.lw.lc 64k=q9.lv.ld 64l=q9.lw.ld 64m=q9.lv.n6 64n=q9.lw.n6 64o=pd.lv 64p=pd.lw 64q=pd.lv.lc 64r=pd.lw.lc 64s=pd.lv.ld 64t=pd.lw.ld 64u=pd.lv.n6
64v=pd.lw.n6 64w=qd.lv 64x=qd.lw 64y=qd.lv.lc 64z=qd.lw.lc 650=qd.lv.ld 651=qd.lw.ld 654=ph.lv 655=ph.lw 656=ph.lv.lc 657=ph.lw.lc 658=ph.lv.ld
659=ph.lw.ld 65c=qf.lv 65d=qf.lw 65e=qf.lv.lc 65f=qf.lw.lc 65g=qf.lv.ld 65h=qf.lw.ld 65i=qf.lv.n6 65j=qf.lw.n6 65k=pj.lv 65l=pj.lw 65m=pj.lv.lc
65n=pj.lw.lc 65o=pj.lv.ld 65p=pj.lw.ld 65q=pj.lv.n6 65r=pj.lw.n6 65s=qh.lv 65t=qh.lw 65u=qh.lv.lc 65v=qh.lw.lc 65w=qh.lv.ld 65x=qh.lw.ld 65y=qh.lv.n6
65z=qh.lw.n6 660=pl.lv 661=pl.lw 662=pl.lv.lc 663=pl.lw.lc 664=pl.lv.ld 665=pl.lw.ld 666=pl.lv.n6 667=pl.lw.n6 668=qn.lv 669=qn.lw 66a=qn.lv.lc
66b=qn.lw.lc 66c=qn.lv.ld 66d=qn.lw.ld 66g=pr.lv 66h=pr.lw 66i=pr.lv.lc 66j=pr.lw.lc 66k=pr.lv.ld 66l=pr.lw.ld 66o=qt.lv 66p=qt.lw 66q=qt.lv.lc
66r=qt.lw.lc 66s=qt.lv.ld 66t=qt.lw.ld 66u=qt.lv.n6 66v=qt.lw.n6 66x=px.lw 66z=px.lw.lc 671=px.lw.ld 673=px.lw.n6 674=qx.lv 675=qx.lw 676=qx.lv.lc
677=qx.lw.lc 678=qx.lv.ld 679=qx.lw.ld 67a=qx.lv.n6 67b=qx.lw.n6 67c=q1.lv 67d=q1.lw 67e=q1.lv.lc 67f=q1.lw.lc 67g=q1.lv.ld 67h=q1.lw.ld 67i=q1.lv.n6
67j=q1.lw.n6 67k=q9.lc 67l=q9.ld 67m=qd.lc 67n=qd.ld 67o=qf.lc 67p=qf.ld 67q=qh.lc 67r=qh.ld 67s=qn.lc 67t=qn.ld 67u=qt.lc 67v=qt.ld 67w=qx.lc
67x=qx.ld 680=q9.lv.n9 681=q9.lw.n9 682=q9.lv.lc.n9 683=q9.lw.lc.n9 684=q9.lv.ld.n9 685=q9.lw.ld.n9 686=q9.lv.n6.n9 687=q9.lw.n6.n9 688=pd.lv.n9
689=pd.lw.n9 68a=pd.lv.lc.n9 68b=pd.lw.lc.n9 68c=pd.lv.ld.n9 68d=pd.lw.ld.n9 68e=pd.lv.n6.n9 68f=pd.lw.n6.n9 68g=qf.lv.n9 68h=qf.lw.n9 68i=qf.lv.lc.n9
68j=qf.lw.lc.n9 68k=qf.lv.ld.n9 68l=qf.lw.ld.n9 68m=qf.lv.n6.n9 68n=qf.lw.n6.n9 68o=pj.lv.n9 68p=pj.lw.n9 68q=pj.lv.lc.n9 68r=pj.lw.lc.n9
68s=pj.lv.ld.n9 68t=pj.lw.ld.n9 68u=pj.lv.n6.n9 68v=pj.lw.n6.n9 68w=qx.lv.n9 68x=qx.lw.n9 68y=qx.lv.lc.n9 68z=qx.lw.lc.n9 690=qx.lv.ld.n9
691=qx.lw.ld.n9 692=qx.lv.n6.n9 693=qx.lw.n6.n9 694=q1.lv.n9 695=q1.lw.n9 696=q1.lv.lc.n9 697=q1.lw.lc.n9 698=q1.lv.ld.n9 699=q1.lw.ld.n9
69a=q1.lv.n6.n9 69b=q1.lw.n6.n9 69c=q9.li 69d=q9.lg 69e=q9.lc.n9 69f=q9.n9 69g=q9.ld.n9 69i=q9.n6 69j=q9.n6.n9 69k=pd.li 69l=pd.lg 69m=pd.lc 69n=pd.ld
69o=pd.n9 69q=qh 69t=4o.n6 69u=qf.lc.n9 69v=qf.n9 69w=qf.ld.n9 69y=qf.n6 69z=qf.n6.n9 6a0=ph.lc 6a1=ph.ld 6a2=pj.lc 6a3=pj.ld 6a4=pj.n9 6a5=69r.lc
6a6=69r.ld 6a7=69r.n6 6a8=qh.li 6a9=qh.lg 6aa=qh.lk.lc 6ab=qh.lk.ld 6ae=qh.n6 6af=qh.lk.n6 6ag=pl.li 6ah=pl.lg 6ai=pl.lc 6aj=pl.ld 6al=6bi.lc
6am=6bi.ld 6an=6bi.n6 6ao=qt.li 6ap=qt.lg 6aq=qt.lk.lc 6ar=qt.lk.ld 6as=qp.lv 6at=qp.lw 6au=qt.n6 6av=qt.lk.n6 6aw=px.li 6ax=px.lg 6ay=px.lc 6az=px.ld
6b0=pt.lw 6b1=4o.lc 6b2=4o.ld 6b3=2o 6b6=qx.lc.n9 6b7=qx.n9 6b8=qx.ld.n9 6ba=qx.n6 6bb=qx.n6.n9 6bc=pr.lc 6bd=pr.ld 6be=q1.lc 6bf=q1.ld 6bg=q1.n9
6bh=50 6bk=6bm 6bl=6bn 6jq=q1 6ju=23 6jv=1t.lm 6my=6mo.mw 6mz=6mq.mw 6ni=6ms.mw 6od=6og.mw 6oe=6ok.mw 6of=6oi.mw 6pw=6pv.mw 6q1=6q0.mw 6q4=6q3.mw
6qs=6qr.mw 6qu=6qt.mw 6rl=6rg.mw 6ro=6rn.mw 6rr=6rp.mw 6rt=6rs.mw 6sg=1p.mw 6si=6sh.mw 6st=6rx.mw 6su=1o.mw 6sv=1q.mw 6sw=6sk.mw 6sx=6sl.mw 6t0=6sy.mw
6t1=6sz.mw 6t4=6t2.mw 6t5=6t3.mw 6tc=6t6.mw 6td=6t7.mw 6tg=6te.mw 6th=6tf.mw 6tk=6ti.mw 6tl=6tj.mw 6uk=6ua.mw 6ul=6ug.mw 6um=6uh.mw 6un=6uj.mw
6w0=6t8.mw 6w1=6t9.mw 6w2=6tt.mw 6w3=6tu.mw 6wa=6uq.mw 6wb=6ur.mw 6wc=6us.mw 6wd=6ut.mw`,
};
